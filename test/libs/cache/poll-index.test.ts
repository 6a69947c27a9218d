import t from 'tap';
import { createPollIndex } from '#libs/cache';
import { withCountedScript } from '../../helpers/counted-script.ts';
import type { Teardown } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';

const LEASE_MS = 60_000;

t.test('schedules of one turn share one call', async (t) => {
  const { index, calls } = open(t);
  await Promise.all([
    index.schedule([{ activationId: 1, inMs: 50_000 }]),
    index.schedule([
      { activationId: 2, inMs: 0 },
      { activationId: 3, inMs: 60_000 },
    ]),
    index.schedule([]),
    index.schedule([{ activationId: 4, inMs: 0 }]),
  ]);
  t.equal(calls(), 1);
  t.equal(await index.size(), 4);
  const { claimed, nextInMs } = await index.claim({ leaseMs: LEASE_MS, limit: 10 });
  t.same(claimed.map(({ activationId }) => activationId).sort(), [2, 4], 'each at its own time');
  t.ok(nextInMs !== null && nextInMs > 40_000 && nextInMs <= 50_000, 'and told when the next one is due');
});

t.test('the last of two schedules of one rental counts', async (t) => {
  const { index } = open(t);
  await Promise.all([
    index.schedule([{ activationId: 1, inMs: 0 }]),
    index.schedule([{ activationId: 1, inMs: 50_000 }]),
  ]);
  t.same((await index.claim({ leaseMs: LEASE_MS, limit: 10 })).claimed, []);
});

t.test('a failed call fails each of its schedules, and no later one', async (t) => {
  const { index, answerBy, working } = open(t);
  answerBy(async () => Promise.reject(new Error('away')));
  const results = await Promise.allSettled([
    index.schedule([{ activationId: 1, inMs: 0 }]),
    index.schedule([{ activationId: 2, inMs: 0 }]),
  ]);
  t.ok(results.every(({ status }) => status === 'rejected'));
  answerBy(working);
  await index.schedule([{ activationId: 3, inMs: 0 }]);
  t.equal(await index.size(), 1);
});

t.test('what one has claimed no other gets before its lease ends', async (t) => {
  const { index } = open(t);
  t.same(await index.claim({ leaseMs: LEASE_MS, limit: 10 }), { claimed: [], nextInMs: null });
  await index.schedule([1, 2, 3].map((activationId) => ({ activationId, inMs: 0 })));
  const first = await index.claim({ leaseMs: LEASE_MS, limit: 2 });
  t.equal(first.claimed.length, 2);
  t.equal(first.nextInMs, 0, 'one more is due now');
  const second = await index.claim({ leaseMs: 0, limit: 10 });
  const ids = [...first.claimed, ...second.claimed].map(({ activationId }) => activationId);
  t.same(ids.sort(), [1, 2, 3]);
  t.ok(second.nextInMs === 0, 'a lease that has ended');
  const again = await index.claim({ leaseMs: LEASE_MS, limit: 10 });
  t.same(
    again.claimed.map(({ activationId }) => activationId),
    [second.claimed[0]?.activationId],
  );
  t.ok((again.nextInMs ?? 0) > LEASE_MS / 2, 'the others are leased');
});

t.test('what has no schedule is told, and scheduled without disturbing the others', async (t) => {
  const { index } = open(t);
  t.same(await index.missing([]), []);
  await index.schedule([{ activationId: 2, inMs: 50_000 }]);
  t.same(await index.missing([1, 2, 3]), [1, 3]);
  await index.scheduleMissing([1, 2].map((activationId) => ({ activationId, inMs: 0 })));
  t.same(await index.missing([1, 2, 3]), [3]);
  t.match(await index.claim({ leaseMs: LEASE_MS, limit: 10 }), { claimed: [{ activationId: 1 }] });
  await index.remove([1, 2]);
  t.same(await index.missing([1, 2, 3]), [1, 2, 3]);
});

t.test('two that claim at the same time share what is due', async (t) => {
  const { index } = open(t);
  const due = Array.from({ length: 300 }, (_, i) => ({ activationId: i + 1, inMs: i % 7 }));
  await index.schedule(due);
  const ids: number[] = [];
  await until(
    async () => {
      const claims = await Promise.all([1, 2].map(() => index.claim({ leaseMs: LEASE_MS, limit: 40 })));
      for (const { claimed } of claims) ids.push(...claimed.map(({ activationId }) => activationId));
      return ids.length >= due.length;
    },
    { what: 'all are claimed' },
  );
  t.equal(ids.length, due.length);
  t.equal(new Set(ids).size, due.length, 'none twice');
});

function open(t: Teardown) {
  const { subject: index, ...counted } = withCountedScript(t, 'scheduleDue', createPollIndex);
  return { index, ...counted };
}
