import tap from 'tap';
import type { CrashPoint } from '#libs/platform';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Partner, Wish } from './harness/client.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(1_300_000);

type Place = CrashPoint | `request.written/${string}`;

interface Places {
  send: Place;
  rent: Place;
  cancel: Place;
  /** Whether the doomed worker reaches the provider. */
  reachesProvider: boolean;
}

/** Two reconcile intervals in these clocks: the longest call and its slack, then the window of an unknown outcome. */
const SETTLED_WITHIN_MS = 30_000;

fault(
  {
    id: 'F1',
    title: 'worker killed after the claim',
    criterion: 'at most one call each; settled within two reconcile intervals',
    quick: false,
    timeoutSeconds: 300,
  },
  (run) =>
    workerDies(run, {
      send: 'sms-send.claimed',
      rent: 'rent-number.claimed',
      cancel: 'command.claimed',
      reachesProvider: false,
    }),
);

fault(
  {
    id: 'F2',
    title: 'worker killed after the request is written',
    criterion: 'one call each; settled within two reconcile intervals; the same activation adopts the rent',
    quick: true,
    timeoutSeconds: 300,
  },
  (run) =>
    workerDies(run, {
      send: 'request.written/Messages.json',
      rent: 'request.written/getNumberV2',
      cancel: 'request.written/setStatus',
      reachesProvider: true,
    }),
);

fault(
  {
    id: 'F3',
    title: 'worker killed after the response, before it settled',
    criterion: 'one call each; settled within two reconcile intervals; the same activation adopts the rent',
    quick: false,
    timeoutSeconds: 300,
  },
  (run) =>
    workerDies(run, {
      send: 'sms-send.answered',
      rent: 'rent-number.answered',
      cancel: 'command.answered',
      reachesProvider: true,
    }),
);

fault(
  {
    id: 'F4',
    title: 'worker killed after it settled',
    criterion: 'one call each; nothing is left to do',
    quick: false,
    timeoutSeconds: 300,
  },
  (run) =>
    workerDies(run, {
      send: 'sms-send.settled',
      rent: 'rent-number.settled',
      cancel: 'command.settled',
      reachesProvider: true,
    }),
);

/**
 * One worker dies at the place while it carries out a send, others while they carry out a rent and a cancel; each
 * time a successor takes over.
 */
async function workerDies({ t, report, full }: FaultRun, places: Places): Promise<void> {
  const rounds = 1;
  const world = await startWorld(t, { workers: 0, sandbox: { autoCodeSeconds: null } });
  // The answer comes late enough for the process to be gone before it.
  for (const [provider, action] of [
    ['twilio', 'create'],
    ['smsbower', 'getNumberV2'],
    ['smsbower', 'setStatus'],
  ] as const)
    await world.sandbox.control.addFault({ provider, action, kind: 'slow', delayMs: 300, times: null });
  let recoverMs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const sent = await dieDuring(world, places.send, (partner) => world.client.send(partner));
    const rented = await dieDuring(world, places.rent, (partner) => world.client.rent(partner));
    recoverMs = Math.max(recoverMs, sent.recoverMs, rented.recoverMs);
    if (places.reachesProvider) await arrives(world, rented.wish);
    if (full) await cancelSurvives(world, places.cancel);
  }
  t.ok(recoverMs < SETTLED_WITHIN_MS, `settled within two reconcile intervals: ${Math.round(recoverMs)} ms`);
  const calls = await world.sandbox.control.calls();
  t.equal(calls['twilio.create'], rounds, 'one call for each message');
  const purchases = (places.reachesProvider ? rounds : 0) + (full ? rounds : 0);
  t.equal(calls['smsbower.getNumberV2'] ?? 0, purchases, 'at most one call for each rental');
  const { lost, doubled } = await audit(t, world);
  report({ runs: rounds * (full ? 3 : 2), lost, doubled, recoverMs });
}

/** Resolves with the time from the crash until nothing waited any more. */
async function dieDuring(world: World, place: Place, wish: (partner: Partner) => Promise<Wish>) {
  const doomed = await world.crew.start('worker', { env: { CRASH_AT: place } });
  const wished = wish(firstPartner(world));
  await doomed.ended;
  const crashed = performance.now();
  const successor = await world.crew.start('worker');
  const fulfilled = await wished;
  await world.settle();
  const recoverMs = performance.now() - crashed;
  await successor.end('SIGTERM');
  return { wish: fulfilled, recoverMs };
}

/** The number that was bought for it sends its code to this very activation. */
async function arrives(world: World, { partner, id }: Wish): Promise<void> {
  const bought = (await world.sandbox.control.rentals()).at(-1);
  if (!bought) throw new Error('the provider has no rental');
  await world.crew.start('worker');
  await world.sandbox.control.deliverCode({ activationId: bought.activationId, code: '24680' });
  await until(async () => (await world.client.status(partner, id ?? '')).body.otp === '24680', {
    what: 'the code at the activation that wanted the number',
  });
  await Promise.all(world.crew.members('worker').map((worker) => worker.end('SIGTERM')));
}

/** Asked again by the successor until upstream allows it. */
async function cancelSurvives(world: World, place: Place): Promise<void> {
  const buyer = await world.crew.start('worker');
  const { id, partner } = await world.client.rent(firstPartner(world));
  await buyer.end('SIGTERM');
  const doomed = await world.crew.start('worker', { env: { CRASH_AT: place } });
  const path = '/api/virtual-numbers.php?action=cancel';
  const cancelled = world.client.request(partner, path, { body: { id } });
  await doomed.ended;
  const successor = await world.crew.start('worker');
  await cancelled;
  await until(async () => (await world.client.status(partner, id ?? '')).body.status === 'cancelled', {
    what: 'the cancel to be confirmed',
    timeoutMs: 50_000,
    everyMs: 300,
  });
  await successor.end('SIGTERM');
}

function firstPartner(world: World): Partner {
  const [partner] = world.partners;
  if (!partner) throw new Error('a world without partners');
  return partner;
}
