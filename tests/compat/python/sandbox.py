"""What each script needs: the sandbox, its handset, a receiver of receipts, and a line for each step."""

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import queue
import threading
import time
import urllib.parse
import urllib.request
from importlib import metadata

import requests
from requests.adapters import HTTPAdapter

URL = os.environ["SANDBOX_URL"]
IMAGE = pathlib.Path(__file__).resolve().parent.parent / "image.jpg"
PATIENCE = 15

_client = "?"
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def client(package):
    """Names the client in every line, with the version that is installed."""
    global _client
    _client = f"{package} {metadata.version(package)} (PyPI)"


@contextlib.contextmanager
def step(name):
    """One line; the first step that fails ends the script."""
    try:
        yield
    except Exception as error:
        print(f"FAILED {_client}: {name}: {type(error).__name__}: {error}", flush=True)
        raise
    print(f"ok     {_client}: {name}", flush=True)


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f"{actual!r}, where {wanted!r} was expected")


def keys(provider):
    """The published credentials that a simulated provider accepts."""
    with _direct.open(f"{URL}/sandbox/credentials") as answer:
        return json.load(answer)[provider]


def number(place):
    """A mobile number as it is dialled at home, of no other script."""
    return f"{os.environ['COMPAT_NUMBERS']}{place:04}"


def abroad(national):
    """The same as Nexmo wants it."""
    return f"82{national[1:]}"


def hyphenated(national):
    return f"{national[:3]}-{national[3:7]}-{national[7:]}"


def received(to, after=None):
    """The next message of a number on the handset."""
    query = {"to": to, "timeout_ms": PATIENCE * 1000, **({"after": after} if after else {})}
    with _direct.open(f"{URL}/handset/messages/wait?{urllib.parse.urlencode(query)}") as answer:
        return json.load(answer)


def until(what, ask, patience=PATIENCE):
    """Asks again until there is an answer, for what the sandbox has no waiting call."""
    end = time.monotonic() + patience
    while not (answer := ask()):
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.2)
    return answer


class ToSandbox(HTTPAdapter):
    """For clients of `requests` that know one host only: every request goes to the sandbox, otherwise as it is."""

    def send(self, request, **options):
        request.url = URL + request.path_url
        return super().send(request, **options)


def session():
    """A session of `requests` whose host is the sandbox, whatever the address says."""
    session = requests.Session()
    session.mount("https://", ToSandbox())
    return session


class Receiver:
    """Takes what providers push."""

    def __init__(self):
        self._posts = queue.Queue()
        posts = self._posts

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                posts.put((self.headers, body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"

    def next(self, what, wanted):
        """The next call of which `wanted` makes something; others are passed over."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                headers, body = self._posts.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(what) from None
            if found := wanted(headers, body):
                return found

    def next_form(self, what, wanted):
        """The next form of which all these fields have these values."""

        def match(_, body):
            form = dict(urllib.parse.parse_qsl(body))
            return form if wanted.items() <= form.items() else None

        return self.next(what, match)

    def next_results(self, what, secret, wanted):
        """The next item of a webhook's list for which `wanted` is true, sent with the right secret."""

        def match(headers, body):
            shown = headers.get("x-solapi-secret", "")
            if not hmac.compare_digest(shown, hashlib.sha1(secret.encode()).hexdigest()):
                raise AssertionError("a webhook came with the wrong secret")
            return next((item for item in json.loads(body) if wanted(item)), None)

        return self.next(what, match)


def md5hash(form, secret):
    """Nexmo's signature by its sheet, for clients whose own check knows other methods only."""
    fields = sorted((name, value) for name, value in form.items() if name != "sig")
    text = "".join(f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in fields)
    return hashlib.md5((text + secret).encode()).hexdigest()
