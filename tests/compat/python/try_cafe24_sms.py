"""PyPI `cafe24-sms-Django`: the addresses are two class attributes. It posts raw EUC-KR, without base64."""

from datetime import timedelta

from django.conf import settings
from sandbox import URL, client, expect, hyphenated, keys, number, received, step, until

client("cafe24-sms-Django")
KEYS = keys("cafe24")
SETTINGS = {
    "USER_ID": KEYS["user_id"],
    "SECURE_KEY": KEYS["secure_key"],
    "SENDER": f"02-{KEYS['from'][2:6]}-{KEYS['from'][6:]}",
}
settings.configure(CAFE24_SMS_SETTINGS=SETTINGS, USE_TZ=True, TIME_ZONE="Asia/Seoul")

import cafe24_sms  # noqa: E402  (it reads the settings as it is imported)
from cafe24_sms.exceptions import ReceivedErrorResponse  # noqa: E402
from django.utils import timezone  # noqa: E402

cafe24_sms.Request.SMS_SEND_URL = f"{URL}/sms_sender.php"
cafe24_sms.Request.SEND_RESULT_URL = f"{URL}/sms_list.php"

mobile = hyphenated(number(1))
text = "[Bonin] 인증번호 [481501]"

with step("send, and the text on the handset"):
    result, remaining = cafe24_sms.send_message(text, mobile)
    expect((result, int(remaining) > 0), ("success", True))
    arrived = received(mobile)
    expect((arrived["text"], arrived["type"], arrived["from"]), (text, "sms", KEYS["from"]))
with step("look up: result_check, sent"):

    def sent():
        records = cafe24_sms.result_check(timezone.now(), receive_num=mobile, check_range=1).get_records()
        return records if records and records[0]["status"] == "발송성공" else None

    (record,) = until("a record", sent)
    expect((record["message"], record["send_number"]), (text, SETTINGS["SENDER"]))
with step("send a long text with a title, which goes as LMS"):
    long = "가나다라마바사아자차" * 9
    expect(cafe24_sms.send_message(long, [mobile], title="Bonin")[0], "success")
    after = received(mobile, after=arrived["id"])
    expect((after["text"], after["type"], after["subject"]), (long, "lms", "Bonin"))
with step("reserve"):
    later = timezone.now() + timedelta(hours=1)
    expect(cafe24_sms.reserve_message(text, hyphenated(number(2)), later)[0], "reserved")
with step("send: an unregistered sender is refused (-114)"):
    try:
        refused = cafe24_sms.send_message(text, mobile, sender="02-5555-0199")
    except ReceivedErrorResponse as error:
        refused = error.code
    expect(refused, "-114")
