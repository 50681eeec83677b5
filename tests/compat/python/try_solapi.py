"""PyPI `solapi`: its public attribute `base_url` is the sandbox."""

from datetime import datetime, timedelta, timezone

from sandbox import IMAGE, URL, Receiver, client, expect, keys, number, received, step, until
from solapi import SolapiMessageService
from solapi.lib.fetcher import RequestMethod, default_fetcher
from solapi.model import RequestMessage, SendRequestConfig
from solapi.model.request.groups.get_groups import GetGroupsRequest
from solapi.model.request.messages.get_messages import GetMessagesRequest
from solapi.model.response.common_response import GroupMessageResponse
from solapi.model.webhook.single_report import SingleReportData

client("solapi")
KEYS = keys("coolsms")
SECRET = KEYS["webhook_secret"]


def connected(secret):
    service = SolapiMessageService(KEYS["api_key"], secret)
    service.base_url = URL
    return service


service = connected(KEYS["api_secret"])
receivers = {event: Receiver() for event in ("SINGLE-REPORT", "GROUP-REPORT")}
for event, receiver in receivers.items():
    with step(f"webhook: register for {event}"):
        hook = {"eventId": event, "url": receiver.url, "secret": SECRET}
        request = {"method": RequestMethod.POST, "url": f"{URL}/webhook/v1/outgoing"}
        expect(default_fetcher(service.auth_info, request, hook)["status"], "ACTIVE")

with step("send: a wrong secret is refused (SignatureDoesNotMatch)"):
    try:
        refused = connected("wrong").get_balance()
    except Exception as error:  # the client has no type of its own for it
        refused = error.args[0]
    expect(refused, "SignatureDoesNotMatch")
with step("balance"):
    expect(service.get_balance().balance > 0, True)

mobile = number(1)
text = "[Bonin] 인증번호 [481501]"
with step("send, and the text on the handset"):
    message = RequestMessage(from_=KEYS["from"], to=mobile, text=text)
    config = SendRequestConfig(app_id=KEYS["app_id"], show_message_list=True)
    sent = service.send(message, config)
    group = sent.group_info.group_id
    arrived = received(mobile)
    expect((arrived["text"], arrived["type"]), (text, "sms"))
with step("look up: get_messages, delivered (4000)"):

    def look_up():
        found = service.get_messages(GetMessagesRequest(group_id=group)).message_list
        return next((found for found in found.values() if found.status_code == "4000"), None)

    found = until("4000", look_up)
    expect((found.to, found.text), (mobile, text))
with step("look up: get_group, complete"):
    until("COMPLETE", lambda: service.get_group(group).status == "COMPLETE")
    expect(service.get_group(group).count.sent_success, 1)
with step("look up: get_group_messages and get_groups"):
    expect(list(service.get_group_messages(group).message_list), [found.message_id])
    expect(list(service.get_groups(GetGroupsRequest(group_id=group)).group_list), [group])
with step("webhook: the result, its secret checked"):
    result = receivers["SINGLE-REPORT"].next_results(
        "the result", SECRET, lambda item: item.get("messageId") == found.message_id
    )
    expect(SingleReportData.model_validate(result).status_code, "4000")
with step("webhook: the end of the group, its secret checked"):
    result = receivers["GROUP-REPORT"].next_results("the end", SECRET, lambda item: item.get("groupId") == group)
    expect(GroupMessageResponse.model_validate(result).status, "COMPLETE")

with step("reserve, and cancel the reservation"):
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    message = RequestMessage(from_=KEYS["from"], to=number(2), text=text)
    reserved = service.send(message, SendRequestConfig(scheduled_date=later)).group_info
    expect(reserved.status, "SCHEDULED")
    expect(service.cancel_scheduled_message(reserved.group_id).status, "FAILED")
with step("upload an image, and send it as MMS"):
    image = service.upload_file(str(IMAGE)).file_id
    service.send(RequestMessage(from_=KEYS["from"], to=number(3), text=text, subject="Bonin", image_id=image))
    arrived = received(number(3))
    expect((arrived["type"], arrived["subject"]), ("mms", "Bonin"))
