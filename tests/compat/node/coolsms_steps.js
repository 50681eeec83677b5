// The steps that all clients of CoolSMS (SOLAPI) take.
'use strict';

const { IMAGE, Receiver, expect, keys, number, received, registerWebhook, step, until } = require('./sandbox');

/** `connect(apiKey, apiSecret)` gives a service; `send(service, message)` gives the new group's id. */
async function coolsms(connect, send) {
  const own = await keys('coolsms');
  const service = connect(own.api_key, own.api_secret);
  const results = await Receiver.start();
  const ends = await Receiver.start();
  await step('webhook: registered', async () => {
    expect((await registerWebhook(own, 'SINGLE-REPORT', results.url)).status, 'ACTIVE');
    expect((await registerWebhook(own, 'GROUP-REPORT', ends.url)).status, 'ACTIVE');
  });
  await step('balance: a wrong secret is refused (SignatureDoesNotMatch)', async () => {
    const refused = await connect(own.api_key, 'wrong').getBalance().then(() => 'accepted', String);
    expect(/SignatureDoesNotMatch/.test(refused), true, refused);
  });
  await step('balance', async () => {
    expect((await service.getBalance()).balance > 0, true);
  });

  const to = number(1);
  const text = '[Bonin] 인증번호 [481501]';
  const groupId = await step('send, and the text on the handset', async () => {
    const groupId = await send(service, { to, from: own.from, text });
    const arrived = await received(to);
    expect([arrived.text, arrived.type, arrived.from], [text, 'sms', own.from]);
    return groupId;
  });
  const found = await step('look up: getMessages, delivered (4000)', async () => {
    const found = await until('4000', async () => {
      const { messageList } = await service.getMessages({ groupId });
      return Object.values(messageList).find((message) => message.statusCode === '4000');
    });
    expect([found.to, found.text, found.groupId], [to, text, groupId]);
    return found;
  });
  await step('look up: getGroupMessages and getGroups', async () => {
    expect(Object.keys((await service.getGroupMessages(groupId)).messageList), [found.messageId]);
    expect(Object.keys((await service.getGroups({ groupId })).groupList), [groupId]);
  });
  await step('webhook: the result, its secret checked', async () => {
    const wanted = (item) => item.messageId === found.messageId;
    const result = await results.nextResult('result', own.webhook_secret, wanted);
    expect([result.statusCode, result.to], ['4000', to]);
  });
  await step('webhook: the end of the group, its secret checked', async () => {
    const group = await ends.nextResult('end', own.webhook_secret, (item) => item.groupId === groupId);
    expect([group.status, group.count.sentSuccess], ['COMPLETE', 1]);
  });

  await step('a group by hand: make, fill, reserve, cancel, and remove another', async () => {
    const reserved = await service.createGroup();
    await service.addMessagesToGroup(reserved, [{ to: number(2), from: own.from, text }]);
    const tomorrow = new Date(Date.now() + 24 * 3600 * 1000);
    expect((await service.reserveGroup(reserved, tomorrow)).status, 'SCHEDULED');
    expect((await service.removeReservationToGroup(reserved)).status, 'FAILED');
    const removed = await service.removeGroup(await service.createGroup());
    expect(removed.status, 'DELETED');
  });
  await step('upload an image, and send it as MMS', async () => {
    const { fileId } = await service.uploadFile(IMAGE, 'MMS');
    const to = number(3);
    await send(service, { to, from: own.from, text, subject: 'Bonin', imageId: fileId });
    const arrived = await received(to);
    expect([arrived.type, arrived.subject], ['mms', 'Bonin']);
  });
  return { own, service, groupId };
}

module.exports = { coolsms };
