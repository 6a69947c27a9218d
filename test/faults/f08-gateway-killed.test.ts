import type { CrashPoint } from '#libs/platform';
import { audit } from './harness/audit.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

fault(
  {
    id: 'F8',
    title: 'gateway killed between commit and reply',
    criterion: 'the same key returns the same id from another gateway; one row, one hold',
    quick: true,
  },
  (run) => gatewayDies(run, { send: 'accept.committed', rent: 'rent.committed', rowsBefore: 1 }),
);

fault(
  {
    id: 'F9',
    title: 'gateway killed before the commit',
    criterion: 'the same key makes exactly one row and one hold on another gateway',
    quick: true,
  },
  (run) => gatewayDies(run, { send: 'accept.inserting', rent: 'rent.committing', rowsBefore: 0 }),
);

interface Places {
  send: CrashPoint;
  rent: CrashPoint;
  /** Rows that the dead gateway left behind. */
  rowsBefore: number;
}

/** The partner's program sees a lost connection and repeats with its key until another gateway answers. */
async function gatewayDies({ t, full, report }: FaultRun, places: Places): Promise<void> {
  const rounds = full ? 2 : 1;
  const world = await startWorld(t, { gateways: 0 });
  const [partner] = world.partners;
  if (!partner) throw new Error('a world without partners');
  let recoverMs = 0;
  for (let round = 1; round <= rounds; round += 1) {
    for (const [place, wish] of [
      [places.send, () => world.client.send(partner)],
      [places.rent, () => world.client.rent(partner)],
    ] as const) {
      const doomed = await world.crew.start('gateway', { env: { CRASH_AT: place } });
      await world.front.look(world.crew);
      const before = await countRows(world);
      const wished = wish();
      await doomed.ended;
      const crashed = performance.now();
      t.equal((await countRows(world)) - before, places.rowsBefore, `rows after ${place}`);
      const successor = await world.crew.start('gateway');
      const { id, answers } = await wished;
      recoverMs = Math.max(recoverMs, performance.now() - crashed);
      t.ok(id, 'accepted in the end');
      t.ok(
        answers.some(({ status }) => status === 0),
        'the first try got no answer',
      );
      t.equal((await countRows(world)) - before, 1, 'exactly one row');
      await successor.end('SIGTERM');
    }
  }
  await world.crew.start('gateway');
  await world.front.look(world.crew);
  await world.settle();
  const holds = await world.ctx.db.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM ledger_transactions WHERE kind = 'hold'`,
  );
  t.equal(holds.rows[0]?.count, rounds, 'one hold for each rental');
  const { lost, doubled } = await audit(t, world);
  report({ runs: 2 * rounds, lost, doubled, recoverMs });
}

async function countRows(world: World): Promise<number> {
  const { rows } = await world.ctx.db.query<{ count: number }>(
    'SELECT ((SELECT count(*) FROM messages) + (SELECT count(*) FROM activations))::integer AS count',
  );
  return rows[0]?.count ?? 0;
}
