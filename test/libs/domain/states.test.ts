import fc from 'fast-check';
import t from 'tap';
import {
  ACTIVATION_EDGES,
  backoffMs,
  isBeingBought,
  isFinalActivationState,
  isFinalMessageState,
  MESSAGE_EDGES,
  type MessageState,
  messageStateOfProviderStatus,
  pollIntervalMs,
  providerStatusRank,
  publicMessageStatus,
} from '#libs/domain';

/** Every status word of the SMS provider, in an order it may tell them. */
const PROVIDER_WORDS = ['scheduled', 'accepted', 'queued', 'sending', 'sent', 'delivered', 'read'];

t.test('both lives begin somewhere, reach every state and can always end', async (t) => {
  checkLife(t, MESSAGE_EDGES, 'ready');
  checkLife(t, ACTIVATION_EDGES, 'pending');
});

t.test('final states are those that nothing leaves', async (t) => {
  const messages = (Object.keys(MESSAGE_EDGES) as MessageState[]).filter(isFinalMessageState);
  t.same(messages.sort(), ['canceled', 'delivered', 'failed', 'undelivered']);
  const activations = keysOf(ACTIVATION_EDGES).filter(isFinalActivationState);
  t.same(activations.sort(), ['cancelled', 'finished', 'refused', 'released']);
  t.same(keysOf(ACTIVATION_EDGES).filter(isBeingBought), ['pending', 'buying', 'purchase_unknown']);
});

t.test('nothing goes back to be bought or sent once the provider has it', async (t) => {
  t.notOk(ACTIVATION_EDGES.purchase_unknown.includes('pending'), 'an unknown purchase is never repeated');
  t.notOk(ACTIVATION_EDGES.active.includes('pending'));
  t.notOk(MESSAGE_EDGES.sent.includes('ready'));
});

t.test('partners never see an inner word', async (t) => {
  t.equal(publicMessageStatus('ready'), 'queued');
  t.equal(publicMessageStatus('calling'), 'sending');
  for (const state of ['unknown', 'sent', 'delivered', 'undelivered', 'failed', 'canceled'] as const) {
    t.equal(publicMessageStatus(state), state);
  }
});

t.test('provider words stand for states, and their order is fixed', async (t) => {
  const ranks = PROVIDER_WORDS.map(providerStatusRank);
  t.same(
    ranks,
    [...ranks].sort((a, b) => a - b),
  );
  t.equal(new Set(ranks).size, PROVIDER_WORDS.length);
  for (const word of ['scheduled', 'accepted', 'queued', 'sending', 'sent']) {
    t.equal(messageStateOfProviderStatus(word), 'sent', word);
  }
  for (const word of ['delivered', 'read']) t.equal(messageStateOfProviderStatus(word), 'delivered', word);
  for (const word of ['undelivered', 'failed', 'canceled'] as const) {
    t.equal(messageStateOfProviderStatus(word), word);
    t.equal(providerStatusRank(word), providerStatusRank('delivered'), `${word} is as final as delivered`);
  }
  for (const word of ['', 'SENT', 'receiving', 'toString']) {
    t.equal(messageStateOfProviderStatus(word), null, `"${word}"`);
  }
  t.equal(providerStatusRank('receiving'), -1);
});

const moment = fc.record({
  age: fc.integer({ min: 0, max: 86_400_000 }),
  lifetime: fc.integer({ min: 1_000, max: 86_400_000 }),
  expectingCode: fc.boolean(),
});

t.test('a rental is asked about neither too often nor too seldom, and at its deadline', async () => {
  fc.assert(
    fc.property(moment, ({ age, lifetime, expectingCode }) => {
      const purchasedAtMs = 1_700_000_000_000;
      const nowMs = purchasedAtMs + age;
      const expiresAtMs = purchasedAtMs + lifetime;
      const interval = pollIntervalMs({ nowMs, purchasedAtMs, expiresAtMs, expectingCode });
      const beforeDeadline = nowMs < expiresAtMs;
      const meetsDeadline = !beforeDeadline || nowMs + interval <= Math.max(expiresAtMs, nowMs + 250);
      return interval >= 250 && interval <= 30_000 && meetsDeadline;
    }),
  );
});

t.test('questions become rarer with age, and just after the deadline are frequent again', async (t) => {
  const ask = (ageSeconds: number, expectingCode = true) =>
    pollIntervalMs({ nowMs: ageSeconds * 1_000, purchasedAtMs: 0, expiresAtMs: 1_200_000, expectingCode });
  const waiting = [1, 119, 121, 599, 601, 1_000].map((age) => ask(age));
  t.same(waiting, [3_000, 3_000, 5_000, 5_000, 10_000, 10_000]);
  t.equal(ask(1, false), 30_000, 'a code is there and no other is expected');
  t.equal(ask(1_196), 4_000, 'exactly at the deadline');
  t.equal(ask(1_201), 5_000);
  t.equal(ask(1_300), 30_000);
});

t.test('a retry waits between a quarter and the whole of its bound', async () => {
  const options = fc.record({
    baseMs: fc.integer({ min: 4, max: 10_000 }),
    mostMs: fc.integer({ min: 4, max: 600_000 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 2_000 }), options, (attempt, { baseMs, mostMs }) => {
      const bound = Math.min(mostMs, baseMs * 2 ** Math.max(0, Math.min(attempt, 21) - 1));
      const ms = backoffMs(attempt, { baseMs, mostMs });
      return Number.isSafeInteger(ms) && ms >= Math.floor(bound / 4) && ms <= Math.ceil(bound);
    }),
  );
});

type Checks = Pick<typeof import('tap'), 'ok' | 'same'>;
type Edges = Record<string, readonly string[]>;

function checkLife(t: Checks, edges: Edges, start: string): void {
  const states = keysOf(edges).sort();
  t.same([...reachable(edges, start)].sort(), states, 'every state can be reached');
  for (const state of states) {
    t.ok(
      [...reachable(edges, state)].some((end) => edges[end]?.length === 0),
      `${state} can end`,
    );
  }
}

function reachable(edges: Edges, start: string): Set<string> {
  const seen = new Set([start]);
  for (const state of seen) for (const next of edges[state] ?? []) seen.add(next);
  return seen;
}

function keysOf<Key extends string>(table: Record<Key, unknown>): Key[] {
  return Object.keys(table) as Key[];
}
