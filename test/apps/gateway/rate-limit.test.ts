import t from 'tap';
import type { Partner } from '#libs/services';
import { createRateLimit } from '../../../apps/gateway/plugins/rate-limit.ts';
import { LIVE } from '../../helpers/partner.ts';
import { until } from '../../helpers/until.ts';

const partner = (keyId: string): Partner => ({ keyId, userId: 7, owner: 'u:7', scopes: new Set(), ...LIVE });
const RENTAL = { id: 1, userId: 7 };

t.test('a window that is used up refuses without another trip, until it ends', async (t) => {
  const { limit, answer, asked } = createLimit(2);
  answer({ count: 2, windowLeftMs: 60_000 });
  await limit.count(partner('a'));
  answer({ count: 3, windowLeftMs: 60_000 });
  t.match(await limit.count(partner('a')), { count: 3 });
  t.equal(asked(), 2, 'below the limit and at its passing Redis is asked');
  t.match(await limit.count(partner('a')), { count: 3 });
  t.match(await limit.poll(partner('a'), RENTAL), { counted: { count: 3 }, reply: null, away: false });
  t.equal(asked(), 2);

  answer({ count: 3, windowLeftMs: 1 });
  await limit.poll(partner('b'), RENTAL);
  t.equal(asked(), 3, 'another key has a window of its own');
  answer({ count: 1, windowLeftMs: 1_000 });
  const next = await until(async () => {
    const polled = await limit.poll(partner('b'), RENTAL);
    return polled.counted?.count === 1 ? polled : null;
  });
  t.equal(next.reply, 'reply');
});

t.test('without a limit nothing is counted, and nothing refused', async (t) => {
  const { limit, answer, asked } = createLimit(0);
  answer({ count: 1_000, windowLeftMs: 60_000 });
  t.equal(await limit.count(partner('a')), null);
  t.equal(asked(), 0);
  for (const _ of [1, 2]) t.match(await limit.poll(partner('a'), RENTAL), { counted: null, reply: 'reply' });
});

/** A limit over a Redis that answers as it is told. */
function createLimit(limitPerSecond: number) {
  let next = { count: 0, windowLeftMs: 0 };
  let asked = 0;
  const limit = createRateLimit({
    limitPerSecond,
    rejected: { inc: () => undefined },
    cache: {
      async countRequest() {
        asked += 1;
        return next;
      },
      async poll() {
        asked += 1;
        return { ...next, reply: 'reply' };
      },
    },
  });
  return {
    limit,
    asked: () => asked,
    answer(count: { count: number; windowLeftMs: number }) {
      next = count;
    },
  };
}
