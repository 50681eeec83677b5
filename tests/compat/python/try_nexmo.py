"""PyPI `nexmo`: https and the host without a port are fixed, so its session is given the sandbox."""

import nexmo
import nexmo_steps
from sandbox import ToSandbox, client, expect, keys, step

client("nexmo")
KEYS = keys("nexmo")


def connected(**secrets):
    api = nexmo.Client(key=KEYS["api_key"], **secrets)
    api.session.mount("https://", ToSandbox())
    return api


plain = connected(secret=KEYS["api_secret"])
signing = connected(secret=KEYS["api_secret"], signature_secret=KEYS["signature_secret"])


class Verify:
    api = nexmo.Verify(plain)

    def start(self, number):
        answer = self.api.start_verification(number=number, brand="Bonin", code_length="4")
        return answer["status"], answer["request_id"]

    def check(self, request, code):
        return self.api.check(request, code=code)["status"]

    def search(self, request):
        return self.api.search(request)["status"]

    def cancel(self, request):
        return self.api.cancel(request)["status"]


def sender(api):
    def send(to, text, callback):
        message = {"from": KEYS["from"], "to": to, "text": text, "type": "unicode", "callback": callback}
        (part,) = nexmo.Sms(api).send_message(message)["messages"]
        expect(part["status"], "0")
        return part["message-id"]

    return send


with step("sms: a wrong secret is refused (4)"):
    refused = nexmo.Sms(connected(secret="wrong")).send_message({"from": "a", "to": "821020000000", "text": "a"})
    expect(refused["messages"][0]["status"], "4")
nexmo_steps.sms(1, sender(plain), signing.check_signature)
nexmo_steps.sms(2, sender(signing), signing.check_signature)
nexmo_steps.verify(Verify())
