// What each script needs: the sandbox, its handset, a receiver of receipts, and a line for each step.
'use strict';

const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const URL_ = process.env.SANDBOX_URL;
const IMAGE = path.join(__dirname, '..', 'image.jpg');
const PATIENCE = 15_000;

let client = '?';

/** Names the client in every line, with the version that is installed, and runs its steps. */
function run(name, steps) {
  const manifest = path.join(process.env.NODE_PATH, name, 'package.json');
  client = `${name} ${JSON.parse(fs.readFileSync(manifest)).version} (npm)`;
  steps().then(
    () => process.exit(0), // receivers may still listen
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

/** One line; the first step that fails ends the script. */
async function step(name, act) {
  try {
    const value = await act();
    console.log(`ok     ${client}: ${name}`);
    return value;
  } catch (error) {
    console.log(`FAILED ${client}: ${name}: ${String(error).split('\n')[0]}`);
    throw error;
  }
}

const expect = assert.deepStrictEqual;

async function ask(path, options) {
  const answer = await fetch(URL_ + path, options);
  if (!answer.ok) throw new Error(`${path.split('?')[0]}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** The published credentials that a simulated provider accepts. */
const keys = async (provider) => (await ask('/sandbox/credentials'))[provider];

/** A mobile number as it is dialled at home, of no other script. */
const number = (place) => process.env.COMPAT_NUMBERS + String(place).padStart(4, '0');

/** The same as Nexmo wants it. */
const abroad = (national) => `82${national.slice(1)}`;

/** The next message of a number on the handset. */
function received(to, after) {
  const query = new URLSearchParams({ to, timeout_ms: PATIENCE, ...(after && { after }) });
  return ask(`/handset/messages/wait?${query}`);
}

/** Asks again until there is an answer, for what the sandbox has no waiting call. */
async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`no ${what} in time`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Takes what providers push. */
class Receiver {
  #posts = [];
  #arrived = () => {};

  static async start() {
    const receiver = new Receiver();
    const server = http.createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        receiver.#posts.push({ headers: request.headers, body });
        response.end();
        receiver.#arrived();
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${server.address().port}/`;
    return receiver;
  }

  /** The next call of which `wanted` makes something; others are passed over. */
  async next(what, wanted) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      while (this.#posts.length) {
        const { headers, body } = this.#posts.shift();
        const found = wanted(headers, body);
        if (found) return found;
      }
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no ${what} in time`);
      await new Promise((resolve) => {
        const alarm = setTimeout(resolve, left);
        this.#arrived = () => (clearTimeout(alarm), resolve());
      });
    }
  }

  /** The next form of which all these fields have these values. */
  nextForm(what, wanted) {
    return this.next(what, (_, body) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      return Object.entries(wanted).every(([name, value]) => form[name] === value) && form;
    });
  }

  /** The next item of a webhook's list for which `wanted` is true, sent with the right secret. */
  nextResult(what, secret, wanted) {
    return this.next(what, (headers, body) => {
      const shown = crypto.createHash('sha1').update(secret).digest('hex');
      expect(headers['x-solapi-secret'], shown);
      return JSON.parse(body).find(wanted);
    });
  }
}

/** Registers a webhook, as people do on the provider's web page: the clients have no call for it. */
function registerWebhook({ api_key, api_secret, webhook_secret }, eventId, url) {
  const date = new Date().toISOString();
  const salt = crypto.randomBytes(16).toString('hex');
  const signature = crypto.createHmac('sha256', api_secret).update(date + salt).digest('hex');
  return ask('/webhook/v1/outgoing', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `HMAC-SHA256 apiKey=${api_key}, date=${date}, salt=${salt}, signature=${signature}`,
    },
    body: JSON.stringify({ eventId, url, secret: webhook_secret }),
  });
}

module.exports = {
  IMAGE,
  URL: URL_,
  Receiver,
  abroad,
  expect,
  keys,
  number,
  received,
  registerWebhook,
  run,
  step,
  until,
};
