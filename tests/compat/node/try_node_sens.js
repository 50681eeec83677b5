// npm `node-sens`: its attribute `url` is the sandbox. It has no call that looks messages up.
'use strict';

const { NCPClient } = require('node-sens');
const sandbox = require('./sandbox');

const { expect, step } = sandbox;

sandbox.run('node-sens', async () => {
  const keys = await sandbox.keys('sens');
  const connected = (secretKey) => {
    const { service_id: serviceId, access_key: accessKey, from: phoneNumber } = keys;
    const client = new NCPClient({ phoneNumber, serviceId, secretKey, accessKey });
    client.url = client.url.replace('https://sens.apigw.ntruss.com', sandbox.URL);
    return client;
  };
  const to = sandbox.number(1);
  const content = '[Bonin] 인증번호 [481501]';
  await step('send: a wrong key is refused (401)', async () => {
    const { success, status } = await connected('wrong').sendSMS({ to, content });
    expect([success, status], [false, 401]);
  });
  await step('send, and the text on the handset', async () => {
    const { success, status, msg } = await connected(keys.secret_key).sendSMS({ to, content });
    expect([success, status, msg], [true, 202, 'Accepted']);
    const arrived = await sandbox.received(to);
    expect([arrived.text, arrived.type, arrived.from], [content, 'sms', keys.from]);
  });
});
