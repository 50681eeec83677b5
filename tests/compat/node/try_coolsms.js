// npm `coolsms-node-sdk`: its attribute `baseUrl` is the sandbox.
'use strict';

const { default: CoolsmsMessageService } = require('coolsms-node-sdk');
const { coolsms } = require('./coolsms_steps');
const sandbox = require('./sandbox');

sandbox.run('coolsms-node-sdk', async () => {
  const connect = (apiKey, apiSecret) =>
    Object.assign(new CoolsmsMessageService(apiKey, apiSecret), { baseUrl: sandbox.URL });
  await coolsms(connect, async (service, message) => {
    const sent = await service.sendOne(message);
    sandbox.expect(sent.statusCode, '2000');
    return sent.groupId;
  });
});
