import { setImmediate } from 'node:timers/promises';
import type { Test } from 'tap';
import type { NumberProvider, SmsProvider } from '#libs/providers';
import {
  type Behaviour,
  type RecordedRequest,
  type Reply,
  refusedUrl,
  type StandIn,
  startStandIn,
} from './stand-in.ts';

/** Must make its provider with read timeouts well below a second. */
export interface NumberProviderSubject {
  create(url: string): NumberProvider;
  /** Must never show in an answer. */
  secret: string;
  /** What this provider answers in each situation. */
  words: {
    bought: Reply;
    outOfStock: Reply;
    wrongKey: Reply;
    waiting: Reply;
    code: Reply;
    cancelled: Reply;
    denied: Reply;
    cancelConfirmed: Reply;
    cancelTooEarly: Reply;
    cancelRefused: Reply;
  };
}

export interface SmsProviderSubject {
  create(url: string): SmsProvider;
  secret: string;
  words: { sent: Reply; invalidRecipient: Reply; wrongKey: Reply; emptyList: Reply };
}

/** What any network may do once a request has been written. The pages show the request, key and all. */
const NO_VERDICT: Record<string, Behaviour> = {
  'no answer': 'hang',
  'a reset': 'reset',
  'a closed connection': 'close',
  'a truncated body': 'truncate',
  'an empty body': { status: 200, body: '' },
  'an HTML page': (request) => page(200, request),
  'an HTML error page': (request) => page(502, request),
  'an HTML refusal': (request) => page(403, request),
  'a JSON error 500': { status: 500, body: '{"error":"boom"}' },
  'a service that is down': { status: 503, headers: { 'Retry-After': '1' }, body: '{"code":20503}' },
  'a redirect': { status: 307, headers: { Location: '/elsewhere' }, body: '' },
  'broken JSON': { status: 200, body: '{"activationId":12,"phoneNumber":"62851' },
  'JSON of something else': { status: 200, body: '{"hello":["world"]}' },
  'a bare null': { status: 200, body: 'null' },
};

const TOO_MANY: Reply = { status: 429, headers: { 'Retry-After': '17' }, body: 'Too Many Attempts.' };
const SPAN = { createdAfter: new Date(Date.now() - 60_000), createdBefore: new Date(Date.now() + 60_000) };
const ORDER = { service: 'tg', country: 0, maxPriceMicros: 300_000n };
const SMS = { to: '+15551234567', body: 'Hello', validitySeconds: 300, attempt: 1, statusCallbackUrl: null };

export async function numberProviderConformance(t: Test, subject: NumberProviderSubject): Promise<void> {
  const { words } = subject;
  const standIn = await startStandIn(t);
  const provider = subject.create(standIn.url);
  const nowhere = subject.create(await refusedUrl());
  t.teardown(() => Promise.all([provider.close(), nowhere.close()]));
  const reads = (from: NumberProvider) => ({
    balance: () => from.balance(),
    countries: () => from.countries(),
    services: () => from.services(),
    offers: () => from.offers({ service: 'tg', country: 0 }),
  });
  const questions = (from: NumberProvider) => ({
    status: () => from.status('7'),
    cancel: () => from.cancel('7'),
    requestAnotherCode: () => from.requestAnotherCode('7'),
    finish: () => from.finish('7'),
    ...reads(from),
  });

  await t.test('without a verdict a purchase is unknown and everything else no information', async (t) => {
    for (const [name, behaviour] of Object.entries(NO_VERDICT)) {
      const calls = { buy: () => provider.buy(ORDER), ...questions(provider) };
      const answers = await callAll(standIn, behaviour, calls);
      for (const [call, answer] of Object.entries(answers.byCall)) {
        t.match(answer, { kind: call === 'buy' ? 'unknown' : 'no_information' }, `${name}: ${call}`);
      }
      t.equal(answers.requests, Object.keys(calls).length, `${name}: one request for each call`);
      t.notMatch(toText(answers.byCall), subject.secret, `${name}: no secret in an answer`);
    }
  });

  await t.test('a refused connection is proof that nothing was bought', async (t) => {
    t.match(await nowhere.buy(ORDER), { kind: 'not_sent', throttled: false });
    for (const [name, call] of Object.entries(questions(nowhere))) {
      t.match(await call(), { kind: 'no_information', throttled: false }, name);
    }
  });

  await t.test('too many requests', async (t) => {
    standIn.behaves(TOO_MANY);
    t.match(await provider.buy(ORDER), { kind: 'not_sent', throttled: true, retryAfterMs: 17_000 });
    for (const [name, call] of Object.entries(questions(provider))) {
      t.match(await call(), { kind: 'no_information', throttled: true, retryAfterMs: 17_000 }, name);
    }
  });

  await t.test('verdicts on a purchase', async (t) => {
    standIn.behaves(words.bought);
    t.match(await provider.buy(ORDER), {
      kind: 'accepted',
      value: { providerRef: /./, phone: /^\+[1-9]\d{6,14}$/ },
    });
    standIn.behaves(words.outOfStock);
    t.match(await provider.buy(ORDER), { kind: 'rejected', scope: 'request', reason: 'out_of_stock' });
    standIn.behaves(words.wrongKey);
    t.match(await provider.buy(ORDER), { kind: 'rejected', scope: 'account', reason: 'credentials' });
  });

  await t.test('every purchase opens a connection of its own', async (t) => {
    standIn.behaves(words.outOfStock);
    const before = standIn.connections;
    for (let purchase = 0; purchase < 3; purchase += 1) await provider.buy(ORDER);
    t.equal(standIn.connections - before, 3);
  });

  await t.test('states of a rented number', async (t) => {
    const expected: [Reply, object][] = [
      [words.waiting, { kind: 'waiting' }],
      [words.code, { kind: 'code', code: /./ }],
      [words.cancelled, { kind: 'cancelled' }],
      [words.denied, { kind: 'denied' }],
      [words.wrongKey, { kind: 'no_information', throttled: false }],
    ];
    for (const [reply, answer] of expected) {
      standIn.behaves(reply);
      t.match(await provider.status('7'), answer, reply.body);
    }
  });

  await t.test('answers to a cancel', async (t) => {
    const expected: [Reply, string][] = [
      [words.cancelConfirmed, 'done'],
      [words.cancelTooEarly, 'too_early'],
      [words.cancelRefused, 'refused'],
      [words.denied, 'denied'],
      [words.wrongKey, 'no_information'],
    ];
    for (const [reply, kind] of expected) {
      standIn.behaves(reply);
      t.equal((await provider.cancel('7')).kind, kind, reply.body);
    }
  });

  await t.test('reads tell refused credentials', async (t) => {
    standIn.behaves(words.wrongKey);
    for (const [name, call] of Object.entries(reads(provider)))
      t.match(await call(), { kind: 'refused' }, name);
  });
}

export async function smsProviderConformance(t: Test, subject: SmsProviderSubject): Promise<void> {
  const { words } = subject;
  const standIn = await startStandIn(t);
  const provider = subject.create(standIn.url);
  const nowhere = subject.create(await refusedUrl());
  t.teardown(() => Promise.all([provider.close(), nowhere.close()]));
  const listing = { to: SMS.to, ...SPAN };

  await t.test('without a verdict a send is unknown and a listing incomplete', async (t) => {
    for (const [name, behaviour] of Object.entries(NO_VERDICT)) {
      const calls = { send: () => provider.send(SMS), list: () => provider.list(listing) };
      const answers = await callAll(standIn, behaviour, calls);
      t.match(answers.byCall, { send: { kind: 'unknown' }, list: { kind: 'incomplete' } }, name);
      t.equal(answers.requests, 2, `${name}: one request for each call`);
      t.notMatch(toText(answers.byCall), subject.secret, `${name}: no secret in an answer`);
    }
  });

  await t.test('a refused connection is proof that nothing was sent', async (t) => {
    t.match(await nowhere.send(SMS), { kind: 'not_sent', throttled: false });
    t.match(await nowhere.list(listing), { kind: 'incomplete' });
  });

  await t.test('too many requests', async (t) => {
    standIn.behaves(TOO_MANY);
    t.match(await provider.send(SMS), { kind: 'not_sent', throttled: true, retryAfterMs: 17_000 });
    t.match(await provider.list(listing), { kind: 'incomplete' });
  });

  await t.test('verdicts on a send', async (t) => {
    standIn.behaves(words.sent);
    t.match(await provider.send(SMS), { kind: 'accepted', value: { providerSid: /./, providerStatus: /./ } });
    standIn.behaves(words.invalidRecipient);
    t.match(await provider.send(SMS), {
      kind: 'rejected',
      scope: 'request',
      reason: 'invalid_recipient',
      code: /./,
    });
    standIn.behaves(words.wrongKey);
    t.match(await provider.send(SMS), { kind: 'rejected', scope: 'account', reason: 'credentials' });
    t.match(await provider.list(listing), { kind: 'incomplete' });
  });

  await t.test('an empty list that was read whole proves absence', async (t) => {
    standIn.behaves(words.emptyList);
    t.same(await provider.list(listing), { kind: 'complete', messages: [] });
  });
}

async function callAll(
  standIn: StandIn,
  behaviour: Behaviour,
  calls: Record<string, () => Promise<unknown>>,
) {
  await setImmediate();
  standIn.behaves(behaviour);
  const before = standIn.requests.length;
  const answers = Object.entries(calls).map(async ([name, call]) => [name, await call()] as const);
  return {
    byCall: Object.fromEntries(await Promise.all(answers)),
    requests: standIn.requests.length - before,
  };
}

function page(status: number, { url, headers }: RecordedRequest): Reply {
  return { status, body: `<html><body>${url} ${JSON.stringify(headers)}</body></html>` };
}

function toText(value: unknown): string {
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? String(each) : each));
}
