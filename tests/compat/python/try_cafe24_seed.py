"""Cafe24's own form of calls, everything in base64, as much published code posts it with PyPI `requests`."""

import xml.etree.ElementTree as xml
from base64 import b64encode
from datetime import datetime, timedelta, timezone

import requests
from sandbox import URL, client, expect, hyphenated, keys, number, received, step, until

client("requests")
KEYS = keys("cafe24")
KST = timezone(timedelta(hours=9))
mobile = number(1)
text = "인증번호 [481501]를 입력해주세요."


def post(page, secure=KEYS["secure_key"], **fields):
    fields = {"user_id": KEYS["user_id"], "secure": secure, "mode": "1", **fields}
    encoded = {name: b64encode(value.encode()) for name, value in fields.items()}
    return requests.post(f"{URL}/{page}", data=encoded)


def send(**fields):
    groups = {"sphone1": "02", "sphone2": KEYS["from"][2:6], "sphone3": KEYS["from"][6:]}
    return post("sms_sender.php", rphone=mobile, msg=text, **groups, **fields).text.strip().split(",")


def left():
    return int(post("sms_remain.php").text)


with step("cafe24 in base64: a wrong key is refused (-102)"):
    expect(send(secure="wrong")[0], "-102")
with step("cafe24 in base64: a test sends nothing"):
    expect(send(testflag="Y")[0], "Test Success!")
with step("cafe24 in base64: send, and the text on the handset"):
    expect(send()[0], "success")
    arrived = received(mobile)
    expect((arrived["text"], arrived["provider"]), (text, "cafe24"))
with step("cafe24 in base64: the credits that are left"):
    expect(left() > 0, True)
with step("cafe24 in base64: the registered senders"):
    senders = {"userId": KEYS["user_id"], "passwd": KEYS["secure_key"]}
    answer = requests.post(f"{URL}/smsSenderPhone.php", data=senders).json()
    expect(answer["result"], "Success")
    expect([sender.replace("-", "") for sender in answer["list"]], [KEYS["from"]])
with step("cafe24 in base64: look up in the list"):
    form = {
        "user_id": KEYS["user_id"],
        "secure": KEYS["secure_key"],
        "date": datetime.now(KST).strftime("%Y%m%d"),
        "day": "1",
        "startNo": "0",
        "displayNo": "10",
        "sendType": "all",
        "receivePhone": hyphenated(mobile),
    }

    def listed():
        root = xml.fromstring(requests.post(f"{URL}/sms_list.php", data=form).content)
        expect(root.findtext(".//code"), "0000")
        return [record.findtext("msg") for record in root.iter("record") if record.findtext("sendStatus") == "3"]

    expect(until("a record", listed), [text])
