// npm `@vonage/server-sdk`: both hosts are options.
'use strict';

const { Auth, AlgorithmTypes } = require('@vonage/auth');
const { Vonage } = require('@vonage/server-sdk');
const nexmo = require('./nexmo_steps');
const sandbox = require('./sandbox');

const { expect, step } = sandbox;
const HOSTS = { apiHost: sandbox.URL, restHost: sandbox.URL };

sandbox.run('@vonage/server-sdk', async () => {
  const keys = await sandbox.keys('nexmo');
  const connected = (apiSecret) => new Vonage(new Auth({ apiKey: keys.api_key, apiSecret }), HOSTS);
  const { sms, verify } = connected(keys.api_secret);
  const api = {
    start: (number) => verify.start({ number, brand: 'Bonin', codeLength: 6 }),
    check: (id, code) => verify.check(id, code),
    search: (id) => verify.search(id),
    cancel: (id) => verify.cancel(id),
  };
  const send = async (to, text, callback) => {
    const answer = await sms.send({ from: keys.from, to, text, type: 'unicode', callback });
    expect([answer.messageCount, answer.messages.length], ['1', 1]);
    return answer.messages[0].messageId;
  };
  const isSigned = (form) => sms.verifySignature(form.sig, form, keys.signature_secret, AlgorithmTypes.md5hash);

  await step('verify: a wrong secret is refused (4)', async () => {
    expect((await connected('wrong').verify.search('none')).status, '4');
  });
  await nexmo.sms(1, send, isSigned);
  await nexmo.verify(api);
});
