"""The steps that all clients of Nexmo take."""

from sandbox import Receiver, abroad, expect, number, received, step, until

# Verify cancels nothing within its first 30 seconds.
CANCEL_PATIENCE = 45


def verify(client):
    """`client` has `start(number)`, giving status and id, and `check(id, code)`, `search(id)` and `cancel(id)`,
    giving a status each."""
    cancelled = number(11)
    with step("verify: start a verification to be cancelled"):
        status, unwanted = client.start(abroad(cancelled))
        expect(status, "0")
        received(cancelled)
    with step("verify: no cancelling within 30 s (19)"):
        expect(client.cancel(unwanted), "19")

    mobile = number(12)
    with step("verify: start, and the code on the handset"):
        status, request = client.start(abroad(mobile))
        expect(status, "0")
        expect(len(request), 32)
        code = received(mobile)["code"]
    with step("verify: a second start for the number is refused, and names the first (10)"):
        status, running = client.start(abroad(mobile))
        expect(status, "10")
        if running is not None:
            expect(running, request)
    with step("verify: search, in progress"):
        expect(client.search(request), "IN PROGRESS")
    with step("verify: a wrong code (16)"):
        expect(client.check(request, wrong(code)), "16")
    with step("verify: the right code"):
        expect(client.check(request, code), "0")
    with step("verify: a code that was used already (6)"):
        expect(client.check(request, code), "6")
    with step("verify: search, success"):
        until("SUCCESS", lambda: client.search(request) == "SUCCESS")
    with step("verify: cancel after 30 s"):
        expect(until("a cancelling", lambda: cancel(client, unwanted), CANCEL_PATIENCE), "0")
    with step("verify: search, cancelled"):
        until("CANCELLED", lambda: client.search(unwanted) == "CANCELLED")


def sms(place, send, is_signed):
    """`send(number, text, callback)` gives the message's id; `is_signed(form)` tells by the client's own means."""
    mobile = number(place)
    receiver = Receiver()
    text = f"[Bonin] 인증번호 [48{place:02}15] & 확인=1"
    with step("sms: send, and the text on the handset"):
        message = send(abroad(mobile), text, receiver.url)
        arrived = received(mobile)
        expect((arrived["text"], arrived["provider"]), (text, "nexmo"))
    for status in ("accepted", "delivered"):
        with step(f"sms: the receipt `{status}`, its signature checked"):
            form = receiver.next_form(status, {"messageId": message, "status": status})
            expect((form["msisdn"], form["err-code"]), (abroad(mobile), "0"))
            expect(is_signed(form), True)
            expect(is_signed({**form, "price": "9.99"}), False)


def cancel(client, request):
    status = client.cancel(request)
    return None if status == "19" else status


def wrong(code):
    return "".join(str((int(digit) + 1) % 10) for digit in code)
