import type { CrashPoint } from '#libs/platform';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

type Place = CrashPoint | `request.written/${string}`;

/** Two reconcile intervals in these clocks: a call's longest time, then its window. */
const SETTLED_WITHIN_MS = 30_000;

/**
 * One worker dies at the place while it carries out one send, another while it carries out one rent. A second worker
 * takes over. At most one call each; the rent is adopted by the same activation.
 */
async function workerDies(
  { t, report, full }: FaultRun,
  places: { send: Place; rent: Place },
): Promise<void> {
  const rounds = full ? 3 : 1;
  const world = await startWorld(t, { workers: 0, sandbox: { autoCodeSeconds: 1 } });
  // The answer comes late enough for the process to be gone before it.
  for (const [provider, action] of [
    ['twilio', 'create'],
    ['smsbower', 'getNumberV2'],
  ] as const)
    await world.sandbox.control.addFault({ provider, action, kind: 'slow', delayMs: 300, times: null });
  let recoverMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    recoverMs = Math.max(
      recoverMs,
      await dieOnce(world, places.send, (partner) => world.client.send(partner)),
    );
    recoverMs = Math.max(
      recoverMs,
      await dieOnce(world, places.rent, (partner) => world.client.rent(partner)),
    );
  }
  await until(async () => (await undecidedRents(world)) === 0, {
    what: 'every rent to be adopted',
    timeoutMs: SETTLED_WITHIN_MS,
  });
  t.ok(recoverMs < SETTLED_WITHIN_MS, 'settled within two reconcile intervals');
  t.same(await callsMade(world), { sends: rounds, purchases: rounds }, 'one upstream call each');
  const { lost, doubled } = await audit(t, world);
  report({ runs: 2 * rounds, lost, doubled, recoverMs });
}

/** Resolves with the time from the crash until the wish was settled. */
async function dieOnce(
  world: World,
  place: Place,
  wish: (partner: World['partners'][number]) => Promise<unknown>,
): Promise<number> {
  const doomed = await world.crew.start('worker', { env: { CRASH_AT: place } });
  const [partner] = world.partners;
  if (!partner) throw new Error('no partner');
  const wished = wish(partner);
  await doomed.ended;
  const successor = await world.crew.start('worker');
  await wished;
  const ms = await world.settle();
  await successor.end('SIGTERM');
  return ms;
}

/** Claims that were made; what the provider saw is compared by the audit. */
async function callsMade(world: World): Promise<{ sends: number; purchases: number }> {
  const calls = await world.sandbox.control.calls();
  return { sends: calls['twilio.create'] ?? 0, purchases: calls['smsbower.getNumberV2'] ?? 0 };
}

async function undecidedRents(world: World): Promise<number> {
  const { rows } = await world.ctx.db.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM activations WHERE state IN ('pending', 'buying', 'purchase_unknown')`,
  );
  return rows[0]?.count ?? 0;
}

fault(
  {
    id: 'F2',
    title: 'worker killed after the request is written',
    criterion:
      'one upstream call; settled within two reconcile intervals; the same activation adopts the rent',
    quick: true,
  },
  (run) => workerDies(run, { send: 'request.written/Messages.json', rent: 'request.written/getNumberV2' }),
);
