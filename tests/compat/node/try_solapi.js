// npm `solapi`: the host is fixed inside, so the `fetch` that it calls replaces it.
'use strict';

const { coolsms } = require('./coolsms_steps');
const sandbox = require('./sandbox');

const { expect, step, until } = sandbox;
const realFetch = globalThis.fetch;
globalThis.fetch = (url, options) => realFetch(String(url).replace('https://api.solapi.com', sandbox.URL), options);

const { SolapiMessageService } = require('solapi');

sandbox.run('solapi', async () => {
  const connect = (apiKey, apiSecret) => new SolapiMessageService(apiKey, apiSecret);
  const { own, service, groupId } = await coolsms(connect, async (service, message) => {
    const sent = await service.send(message, { showMessageList: true });
    expect([sent.failedMessageList.length, sent.messageList.length], [0, 1]);
    return sent.groupInfo.groupId;
  });
  await step('look up: getGroup, complete', () =>
    until('COMPLETE', async () => (await service.getGroup(groupId)).status === 'COMPLETE'),
  );
  await step('send: an unregistered sender is refused (1062)', async () => {
    const message = { to: sandbox.number(5), from: '0255550199', text: 'x' };
    const error = await service.send(message).then(() => null, (error) => error);
    expect(error?.failedMessageList?.map((failed) => failed.statusCode), ['1062']);
  });
  await step('send a long text, which goes as LMS', async () => {
    const text = '가나다라마바사아자차'.repeat(9);
    const to = sandbox.number(4);
    await service.send({ to, from: own.from, text });
    const arrived = await sandbox.received(to);
    expect([arrived.text, arrived.type], [text, 'lms']);
  });
});
