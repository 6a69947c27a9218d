import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import { TABS, type Tab } from '../../../apps/gateway/docs/guide/fence.ts';
import { type Example, examplesOf, isAtHand, runExample, serveExample } from './docs-examples.ts';

t.setTimeout(600_000);
const SECRET = whsec(1);
const OTHER = whsec(2);
const ID = 'sample-1';
const BODY =
  '{"type":"message.sent","id":"sample-1","created_at":"2030-01-31T09:00:02.000Z","data":{"to":"+1…"}}';

const receivers = onlyOnce(examplesOf().filter(({ name }) => name === 'receiver'));
const [sample] = examplesOf().filter(({ name }) => name === 'sample');

t.test('there are receivers in all languages that can serve', async (t) => {
  t.strictSame(
    receivers.map(({ tab }) => tab),
    ['node', 'php', 'python', 'go'],
  );
});

// That our webhooks are signed as this library signs is proved by test/flows/webhooks.test.ts.
for (const example of receivers) {
  const skip = isAtHand(example.tab) ? false : `${TABS[example.tab]} is not at hand`;
  t.test(`the receiver in ${TABS[example.tab]}`, { skip }, async (t) => {
    const folder = t.testdir({});
    const code = example.code.replace('YOUR_WEBHOOK_SECRET', SECRET);
    const running = await serveExample(join(folder, 'receiver'), example, code);
    t.teardown(running.stop);
    await t.test('takes what is genuine, and nothing else', async (t) => {
      for (const [what, headers, body, status] of attempts()) {
        const response = await fetch(running.url, { method: 'POST', headers, body });
        t.equal(response.status, status, what);
      }
      t.equal(running.printed().match(/message\.sent/g)?.length, 2, 'each genuine one is shown');
    });
    await t.test('takes the sample that the reader signs', async (t) => {
      if (!sample) throw new Error('there is no sample');
      for (const [secret, status] of [
        [SECRET, '204'],
        [OTHER, '401'],
      ] as const) {
        const script = sample.code
          .replace('YOUR_WEBHOOK_SECRET', secret)
          .replace('http://127.0.0.1:3000/', running.url);
        t.equal((await runExample(join(folder, 'sample'), sample, script)).trim(), status);
      }
    });
  });
}

type Headers = Record<string, string>;

/** Genuine webhooks, and what a stranger could make of one. */
function attempts(): [what: string, headers: Headers, body: string, status: number][] {
  const now = new Date();
  const genuine = signed(SECRET, now);
  const both = `${signature(OTHER, now)} ${signature(SECRET, now)}`;
  return [
    ['signed with the secret', genuine, BODY, 204],
    ['signed with two, while a secret is changed', { ...genuine, 'webhook-signature': both }, BODY, 204],
    ['another body', genuine, `${BODY} `, 401],
    ['another id', { ...genuine, 'webhook-id': 'sample-2' }, BODY, 401],
    ['another secret', signed(OTHER, now), BODY, 401],
    ['ten minutes old', signed(SECRET, new Date(now.getTime() - 600_000)), BODY, 401],
    ['ten minutes ahead', signed(SECRET, new Date(now.getTime() + 600_000)), BODY, 401],
    ['a timestamp that is none', { ...genuine, 'webhook-timestamp': 'soon' }, BODY, 401],
    ['an empty signature', { ...genuine, 'webhook-signature': '' }, BODY, 401],
    ['a signature of another kind', { ...genuine, 'webhook-signature': 'v1a,AAAA v1' }, BODY, 401],
    ['no signature at all', {}, BODY, 401],
  ];
}

function signed(secret: string, at: Date): Headers {
  return {
    'webhook-id': ID,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signature(secret, at),
  };
}

function signature(secret: string, at: Date): string {
  return new Webhook(secret).sign(ID, at, BODY);
}

function whsec(byte: number): string {
  return `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
}

/** A fragment stands on several pages. */
function onlyOnce(examples: Example[]): Example[] {
  return [...new Map(examples.map((example): [Tab, Example] => [example.tab, example])).values()];
}
