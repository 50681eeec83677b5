// The steps that all clients of Nexmo take.
'use strict';

const { Receiver, abroad, expect, number, received, step, until } = require('./sandbox');

// Verify cancels nothing within its first 30 seconds.
const CANCEL_PATIENCE = 45_000;

/** `client` has `start(number)`, `check(id, code)`, `search(id)` and `cancel(id)`, giving Nexmo's own answers. */
async function verify(client) {
  const cancelled = number(11);
  const unwanted = await step('verify: start a verification to be cancelled', async () => {
    const answer = await client.start(abroad(cancelled));
    expect(answer.status, '0');
    await received(cancelled);
    return answer.request_id;
  });
  await step('verify: no cancelling within 30 s (19)', async () => {
    expect((await client.cancel(unwanted)).status, '19');
  });

  const mobile = number(12);
  const [id, code] = await step('verify: start, and the code on the handset', async () => {
    const answer = await client.start(abroad(mobile));
    expect([answer.status, answer.request_id.length], ['0', 32]);
    return [answer.request_id, (await received(mobile)).code];
  });
  await step('verify: a second start for the number is refused, and names the first (10)', async () => {
    const answer = await client.start(abroad(mobile));
    expect([answer.status, answer.request_id], ['10', id]);
  });
  await step('verify: search, in progress', async () => {
    const found = await client.search(id);
    expect([found.status, found.number], ['IN PROGRESS', abroad(mobile)]);
  });
  await step('verify: a wrong code (16)', async () => {
    expect((await client.check(id, wrong(code))).status, '16');
  });
  await step('verify: the right code', async () => {
    const answer = await client.check(id, code);
    expect([answer.status, answer.request_id, answer.currency], ['0', id, 'EUR']);
  });
  await step('verify: a code that was used already (6)', async () => {
    expect((await client.check(id, code)).status, '6');
  });
  await step('verify: search, success', async () => {
    const found = await until('SUCCESS', async () => {
      const found = await client.search(id);
      return found.status === 'SUCCESS' && found;
    });
    expect(found.checks.map((check) => check.status), ['INVALID', 'VALID']);
  });
  await step('verify: cancel after 30 s', async () => {
    const cancel = async () => {
      const answer = await client.cancel(unwanted);
      return answer.status !== '19' && answer;
    };
    const answer = await until('cancelling', cancel, CANCEL_PATIENCE);
    expect([answer.status, answer.command], ['0', 'cancel']);
  });
  await step('verify: search, cancelled', () =>
    until('CANCELLED', async () => (await client.search(unwanted)).status === 'CANCELLED'),
  );
}

/** `send(number, text, callback)` gives the message's id; `isSigned(form)` tells by the client's own means. */
async function sms(place, send, isSigned) {
  const mobile = number(place);
  const receiver = await Receiver.start();
  const text = `[Bonin] 인증번호 [48${String(place).padStart(2, '0')}15]`;
  const message = await step('sms: send, and the text on the handset', async () => {
    const message = await send(abroad(mobile), text, receiver.url);
    const arrived = await received(mobile);
    expect([arrived.text, arrived.provider], [text, 'nexmo']);
    return message;
  });
  for (const status of ['accepted', 'delivered']) {
    await step(`sms: the receipt \`${status}\`, its signature checked`, async () => {
      const form = await receiver.nextForm(status, { messageId: message, status });
      expect([form.msisdn, form['err-code']], [abroad(mobile), '0']);
      expect(isSigned(form), true);
      expect(isSigned({ ...form, price: '9.99' }), false);
    });
  }
}

const wrong = (code) => code.replace(/\d/g, (digit) => (Number(digit) + 1) % 10);

module.exports = { sms, verify };
