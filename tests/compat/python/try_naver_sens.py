"""PyPI `naver-sens`: the host is fixed inside its only call, so its `requests` is a session to the sandbox.

It has no call that looks messages up, but its own method signs any, as it does here.
"""

import sandbox
from naver_sens import SensClient, naver_sens
from sandbox import IMAGE, client, expect, hyphenated, keys, number, received, step, until

client("naver-sens")
KEYS = keys("sens")
HOST = "https://sens.apigw.ntruss.com"
naver_sens.requests = sandbox.session()


def connected(secret):
    sens = SensClient(KEYS["service_id"], KEYS["access_key"], secret)
    sens.set_from_num(KEYS["from"])
    return sens


sens = connected(KEYS["secret_key"])
mobile = number(1)
text = "[Bonin] 인증번호 [481501]"


def get(path):
    path = f"/sms/v2/services/{KEYS['service_id']}{path}"
    timestamp = sens.generate_timestamp()
    headers = {
        "x-ncp-apigw-timestamp": timestamp,
        "x-ncp-iam-access-key": KEYS["access_key"],
        "x-ncp-apigw-signature-v2": sens.genereate_signature("GET", timestamp, path),
    }
    return naver_sens.requests.get(HOST + path, headers=headers).json()


with step("send: a wrong key is refused (401)"):
    expect(connected("wrong").send_message(mobile, text).status_code, 401)
with step("send, and the text on the handset"):
    answer = sens.send_message(mobile, text)
    expect(answer.status_code, 202)
    request = answer.json()["requestId"]
    arrived = received(hyphenated(mobile))
    expect((arrived["text"], arrived["type"], arrived["from"]), (text, "sms", KEYS["from"]))
with step("look up: listed by its request"):
    (listed,) = until("a listing", lambda: get(f"/messages?requestId={request}").get("messages"))
    expect(listed["to"], mobile)
with step("look up: delivered"):

    def result():
        (one,) = get(f"/messages/{listed['messageId']}")["messages"]
        return one if one["status"] == "COMPLETED" else None

    delivered = until("COMPLETED", result)
    expect((delivered["statusName"], delivered["statusCode"], delivered["content"]), ("success", "0", text))
with step("send a long text, which goes as LMS"):
    long = "가나다라마바사아자차" * 9
    expect(sens.send_message(mobile, long, subject="Bonin").status_code, 202)
    after = received(mobile, after=arrived["id"])
    expect((after["text"], after["type"], after["subject"]), (long, "lms", "Bonin"))
with step("send an image within the call, which goes as MMS"):
    answer = sens.send_message_with_image(number(2), text, str(IMAGE), subject="Bonin")
    expect(answer.status_code, 202)
    expect(received(number(2))["type"], "mms")
