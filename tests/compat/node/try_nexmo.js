// npm `nexmo`, the seed's client: the hosts and the port are options; another port than 443 means http.
'use strict';

const { promisify } = require('node:util');

const Nexmo = require('nexmo');
const nexmo = require('./nexmo_steps');
const sandbox = require('./sandbox');

const { expect, step } = sandbox;
const { hostname, port } = new URL(sandbox.URL);
const HOST = { apiHost: hostname, restHost: hostname, port };

sandbox.run('nexmo', async () => {
  const keys = await sandbox.keys('nexmo');
  const credentials = { apiKey: keys.api_key, apiSecret: keys.api_secret };
  const client = new Nexmo(credentials, HOST);
  const signing = new Nexmo(
    { ...credentials, signatureSecret: keys.signature_secret, signatureMethod: 'md5hash' },
    HOST,
  );
  const { verify } = client;
  const api = {
    start: (number) => promisify(verify.request.bind(verify))({ number, brand: 'Nexmo', code_length: '4' }),
    check: (request_id, code) => promisify(verify.check.bind(verify))({ request_id, code }),
    search: promisify(verify.search.bind(verify)),
    cancel: (request_id) => promisify(verify.control.bind(verify))({ request_id, cmd: 'cancel' }),
  };
  const sender = ({ message }) => async (to, text, callback) => {
    const answer = await promisify(message.sendSms.bind(message))(keys.from, to, text, { type: 'unicode', callback });
    expect(answer.messages.map((part) => part.status), ['0']);
    return answer.messages[0]['message-id'];
  };
  const isSigned = (form) => signing.generateSignature(form) === form.sig.toLowerCase();

  await step('verify: a wrong secret is refused (4)', async () => {
    const { verify } = new Nexmo({ ...credentials, apiSecret: 'wrong' }, HOST);
    const answer = await promisify(verify.search.bind(verify))('none');
    expect(answer.status, '4');
  });
  await nexmo.sms(1, sender(client), isSigned);
  await nexmo.sms(2, sender(signing), isSigned);
  await nexmo.verify(api);
});
