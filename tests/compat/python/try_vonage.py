"""PyPI `vonage` with its legacy Verify: hosts are options, but https is fixed, so the session is given the sandbox."""

import re

import nexmo_steps
from sandbox import ToSandbox, client, expect, keys, md5hash, step
from vonage import Auth, Vonage
from vonage_sms import SmsMessage
from vonage_sms.errors import SmsError
from vonage_verify_legacy import VerifyRequest
from vonage_verify_legacy.errors import VerifyError

client("vonage")
KEYS = keys("nexmo")


def connected(secret):
    api = Vonage(Auth(api_key=KEYS["api_key"], api_secret=secret))
    api.http_client._session.mount("https://", ToSandbox())
    return api


vonage = connected(KEYS["api_secret"])


class Verify:
    """Refusals come as exceptions whose text shows the answer."""

    api = vonage.verify_legacy

    def start(self, number):
        try:
            answer = self.api.start_verification(VerifyRequest(number=number, brand="Bonin", code_length=6))
            return answer.status, answer.request_id
        except VerifyError as error:
            return told(error), None

    def check(self, request, code):
        return self.status(lambda: self.api.check_code(request, code))

    def search(self, request):
        return self.status(lambda: self.api.search(request))

    def cancel(self, request):
        return self.status(lambda: self.api.cancel_verification(request))

    @staticmethod
    def status(call):
        try:
            return call().status
        except VerifyError as error:
            return told(error)


def told(error):
    return re.search(r"'status': '(\d+)'", str(error)).group(1)


def send(to, text, callback):
    message = SmsMessage(to=to, from_=KEYS["from"], text=text, type="unicode", callback=callback)
    (part,) = vonage.sms.send(message).messages
    return part.message_id


def is_signed(form):
    # Its own check_signature() knows HMAC only, and receipts are signed with md5hash.
    return md5hash(form, KEYS["signature_secret"]) == form["sig"].lower()


with step("sms: a wrong secret is refused (4)"):
    try:
        refused = connected("wrong").sms.send(SmsMessage(to="821020000000", from_="a", text="a"))
    except SmsError as error:
        refused = str(error)
    expect("error code 4" in str(refused), True)
nexmo_steps.sms(1, send, is_signed)
nexmo_steps.verify(Verify())
