import t, { type Test } from 'tap';
import { createCallLimiter, type Lane } from '../../../apps/worker/call-limiter.ts';

const HOST: Lane = { name: 'host', mostInFlight: 2, restsWhenDead: true, mostWaiting: 2 };
const OWNER: Lane = { name: 'owner', mostInFlight: 3, restsWhenDead: false, mostWaiting: 2 };

t.test('who finds no place waits for the next one, in the order of coming', async (t) => {
  const limiter = createCallLimiter();
  const [first, second] = [await entered(limiter.enter([HOST])), await entered(limiter.enter([HOST]))];
  const order: string[] = [];
  const wait = (name: string) =>
    limiter.enter([HOST]).then((place) => {
      order.push(name);
      return place;
    });
  const [third, fourth] = [wait('third'), wait('fourth')];
  t.equal((await limiter.enter([HOST])).kind, 'full', 'no more wait than may');

  first.leave(true);
  const place = await entered(third);
  t.same(order, ['third'], 'one place, one of those who wait');
  second.leave(true);
  place.leave(true);
  (await entered(fourth)).leave(true);
  t.same(order, ['third', 'fourth']);
});

t.test('two places that become free at once admit two', async (t) => {
  const limiter = createCallLimiter();
  const places = [await entered(limiter.enter([HOST])), await entered(limiter.enter([HOST]))];
  const waiting = [limiter.enter([HOST]), limiter.enter([HOST])];
  for (const place of places) place.leave(true);
  for (const wait of waiting) t.equal((await wait).kind, 'entered');
  t.equal((await limiter.enter([{ ...HOST, mostWaiting: 0 }])).kind, 'full', 'and took two');
});

t.test('who needs a place in two lanes takes none while one is full', async (t) => {
  const limiter = createCallLimiter();
  const other = { ...HOST, name: 'other host' };
  const inHost = await entered(limiter.enter([HOST, OWNER]));
  await entered(limiter.enter([HOST, OWNER]));
  const inOther = await entered(limiter.enter([other, OWNER]));
  const waiting = limiter.enter([HOST, OWNER]);
  inOther.leave(true);
  t.equal((await limiter.enter([other, OWNER])).kind, 'entered', 'the owner’s place was not kept for it');
  inHost.leave(true);
  t.equal((await waiting).kind, 'entered');
});

t.test('nobody waits for what is dead: it is asked once a second until it answers', async (t) => {
  const limiter = createCallLimiter();
  const turnedAway = async (why: string) => {
    const attempt = await atOnce(limiter.enter([HOST]));
    if (attempt?.kind !== 'full') throw new Error(`it was not turned away ${why}`);
    return Math.round(attempt.seconds);
  };
  for (let call = 0; call < 5; call += 1) (await entered(limiter.enter([HOST]))).leave(false);
  t.equal(await turnedAway('in the pause'), 2);
  later(t, 1);
  const place = await entered(limiter.enter([HOST]));
  t.equal(await turnedAway('beside a call'), 3, 'a second more for each who waits');
  place.leave(false);
  await turnedAway('in the next pause');
  later(t, 2);
  (await entered(limiter.enter([HOST]))).leave(true);
  await entered(limiter.enter([HOST]));
  t.equal((await limiter.enter([HOST])).kind, 'entered', 'it has answered');
});

t.test('nobody waits for what takes long, and is told to come later', async (t) => {
  const limiter = createCallLimiter();
  await entered(limiter.enter([HOST]));
  await callOf(t, limiter, 20);
  await entered(limiter.enter([HOST]));
  const turnedAway = await atOnce(limiter.enter([HOST]));
  if (turnedAway?.kind !== 'full') return t.fail('it waited for calls of twenty seconds');
  t.equal(Math.round(turnedAway.seconds), 1 + 4 / 2, 'a mean of 4 s over two places');
});

t.test('a wait ends after a second', async (t) => {
  const limiter = createCallLimiter();
  await entered(limiter.enter([HOST]));
  const last = await entered(limiter.enter([HOST]));
  t.equal((await limiter.enter([HOST])).kind, 'full');
  last.leave(true);
  t.equal((await limiter.enter([HOST])).kind, 'entered', 'and what it waited for is free for others');
});

async function entered(attempt: ReturnType<ReturnType<typeof createCallLimiter>['enter']>) {
  const place = await attempt;
  if (place.kind !== 'entered') throw new Error(`no place; come again in ${place.seconds} s`);
  return place;
}

/** Null: it waits. */
async function atOnce<T>(attempt: Promise<T>): Promise<T | null> {
  return Promise.race([attempt, new Promise<null>((resolve) => setImmediate(resolve, null))]);
}

/** A call that seems to take so long. */
async function callOf(t: Test, limiter: ReturnType<typeof createCallLimiter>, seconds: number) {
  const place = await entered(limiter.enter([HOST]));
  later(t, seconds);
  place.leave(true);
}

/** The clock stands still, so many seconds from now. */
function later(t: Test, seconds: number): void {
  const now = performance.now() + seconds * 1_000;
  t.intercept(performance, 'now', { value: () => now });
}
