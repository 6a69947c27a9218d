import tap from 'tap';
import type { CrashPoint } from '#libs/platform';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Partner } from './harness/client.ts';
import type { Member } from './harness/crew.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(700_000);

type Place = CrashPoint | `request.written/${string}`;

/** Two partners: what the second one wants is never bought. */
const WORLD = { workers: 0, sandbox: { autoCodeSeconds: null, earliestCancelSeconds: 0 } };
/** Above every deadline by which a worker is taken for gone. */
const BLOCKED_MS = 20_000;
const BUSY_MACHINE = { timeoutMs: 150_000, everyMs: 200 };

fault(
  {
    id: 'F6',
    title: 'worker frozen past its lock, then resumed, at seven places',
    criterion: 'one upstream call each; what the zombie settles touches nothing',
    quick: false,
    timeoutSeconds: 340,
  },
  async ({ t, report }) => {
    const world = await startWorld(t, WORLD);
    const [partner, other] = twoPartners(world);
    await slowAnswers(world, { send: 300, purchase: 300 });
    const zombies: Member[] = [];
    const wishes: Promise<unknown>[] = [];
    const freezeDuring = async (place: Place, wish: () => Promise<unknown>) => {
      const env = { CRASH_AT: `${place}:stop`, LOG_LEVEL: 'info' };
      const zombie = await world.crew.start('worker', { env });
      wishes.push(wish());
      await until(async () => zombie.output().includes('SIGSTOP'), {
        what: `a stop at ${place}`,
        ...BUSY_MACHINE,
      });
      zombies.push(zombie);
    };
    const rent = (who: Partner, service: string) => () => world.client.rent(who, { service });

    const buyer = await world.crew.start('worker');
    const { id } = await world.client.rent(partner, { service: 'vk' });
    await buyer.end('SIGTERM');
    const cancel = { body: { id } };
    await freezeDuring('command.answered', () =>
      world.client.request(partner, '/api/virtual-numbers.php?action=cancel', cancel),
    );
    await freezeDuring('sms-send.claimed', () => world.client.send(partner));
    await freezeDuring('request.written/Messages.json', () => world.client.send(partner));
    await freezeDuring('sms-send.answered', () => world.client.send(partner));
    await freezeDuring('rent-number.claimed', rent(other, 'tg'));
    await freezeDuring('request.written/getNumberV2', rent(partner, 'wa'));
    await freezeDuring('rent-number.answered', rent(partner, 'go'));
    await world.crew.start('worker');
    const frozen = performance.now();
    await Promise.all(wishes);

    await codesArrive(world, ['wa', 'go']);
    await allOver(world, partner);
    const recoverMs = performance.now() - frozen;
    const holders = async () => String(await world.redis.command('KEYS', '*:lock'));
    await until(async () => (await holders()) === '', { what: 'every lock to run out', ...BUSY_MACHINE });
    const before = await truth(world, partner);
    for (const zombie of zombies) zombie.signal('SIGCONT');
    await until(async () => zombies.every((zombie) => ends(zombie) > 0), BUSY_MACHINE);
    t.same(await truth(world, partner), before, 'what others settled stands as it was');

    const calls = await world.sandbox.control.calls();
    t.equal(calls['twilio.create'], 3, 'one call for each message');
    t.equal(calls['smsbower.getNumberV2'], 3, 'one call for each rental, none after a freeze before it');
    const released = () =>
      world.ctx.db.query(`SELECT 1 FROM activations WHERE user_id = $1 AND state = 'released'`, [
        other.userId,
      ]);
    await until(async () => (await released()).rowCount === 1, {
      what: 'the release of what was never bought',
      ...BUSY_MACHINE,
    });
    for (const zombie of zombies) t.equal(await zombie.end('SIGTERM'), 0, `${zombie.name} ends with 0`);
    await world.settle();
    const { lost, doubled } = await audit(t, world);
    report({ runs: zombies.length, lost, doubled, recoverMs });
  },
);

fault(
  {
    id: 'F7',
    title: 'the event loop of a worker is blocked while its calls are under way',
    criterion: 'one upstream call each; nothing is settled twice',
    quick: false,
    timeoutSeconds: 240,
  },
  blockedLoop,
);

async function blockedLoop({ t, report }: FaultRun): Promise<void> {
  const world = await startWorld(t, WORLD);
  const [partner] = twoPartners(world);
  // Nearly as long as a call may take.
  await slowAnswers(world, { send: 1_800, purchase: 5_000 });
  const preload = new URL('harness/block-loop.mjs', import.meta.url).href;
  const blocked = await world.crew.start('worker', {
    nodeArgs: ['--import', preload],
    env: { BLOCK_MS: String(BLOCKED_MS), LOG_LEVEL: 'info' },
  });
  const calls = () => world.sandbox.control.calls();
  const wishes: Promise<unknown>[] = [world.client.rent(partner)];
  await until(async () => (await calls())['smsbower.getNumberV2'], { what: 'a purchase', everyMs: 10 });
  for (let sends = 0; sends < 4; sends += 1) wishes.push(world.client.send(partner));
  await until(async () => (await calls())['twilio.create'], { what: 'a send', everyMs: 10 });
  const ended = ends(blocked);
  blocked.signal('SIGUSR2');
  const { messages, rentals } = await underWay(world);
  t.ok(
    messages + rentals > 0,
    `${messages} sends and ${rentals} purchases wait in a worker that does nothing`,
  );
  const since = performance.now();
  await world.crew.start('worker');
  await Promise.all(wishes);
  await codesArrive(world, ['tg']);
  await until(async () => ends(blocked) >= ended + messages + rentals, {
    what: 'the worker to go on',
    ...BUSY_MACHINE,
  });
  await allOver(world, partner);
  const recoverMs = performance.now() - since;
  t.match(await calls(), { 'twilio.create': 4, 'smsbower.getNumberV2': 1 }, 'one call each');
  t.equal(await blocked.end('SIGTERM'), 0, 'it works on, and ends with 0');
  const { lost, doubled } = await audit(t, world);
  report({ runs: wishes.length, lost, doubled, recoverMs });
}

function twoPartners({ partners: [first, second] }: World): [Partner, Partner] {
  if (!first || !second) throw new Error('a world without two partners');
  return [first, second];
}

/** So that a worker stops before its answer comes; in milliseconds. */
async function slowAnswers({ sandbox }: World, delays: { send: number; purchase: number }): Promise<void> {
  const slow = { kind: 'slow', times: null } as const;
  const { control } = sandbox;
  await control.addFault({ provider: 'twilio', action: 'create', ...slow, delayMs: delays.send });
  await control.addFault({ provider: 'smsbower', action: 'getNumberV2', ...slow, delayMs: delays.purchase });
}

/** While their rows still wait for the answer: it is the push that shows which number is whose. */
async function codesArrive({ sandbox: { control } }: World, services: string[]): Promise<void> {
  for (const { service, activationId } of await control.rentals())
    if (services.includes(service)) await control.deliverCode({ activationId });
}

async function underWay(world: World): Promise<{ messages: number; rentals: number }> {
  const { rows } = await world.ctx.db.query<{ messages: number; rentals: number }>(
    `SELECT (SELECT count(*) FROM messages WHERE state = 'calling')::integer AS messages,
            (SELECT count(*) FROM activations WHERE state = 'buying')::integer AS rentals`,
  );
  return rows[0] ?? { messages: 0, rentals: 0 };
}

/** Messages and rentals are where nothing moves them any more: delivered, paid and finished, or cancelled. */
async function allOver(world: World, { userId }: Partner): Promise<void> {
  let open: unknown[] = [];
  const over = async () => {
    ({ rows: open } = await world.ctx.db.query(
      `SELECT id::text, state FROM messages WHERE state <> 'delivered' UNION ALL
       SELECT id::text, state FROM activations WHERE user_id = $1 AND state NOT IN ('finished', 'cancelled')`,
      [userId],
    ));
    return open.length === 0;
  };
  await until(over, BUSY_MACHINE).catch(() => {
    throw new Error(`not over in the end: ${JSON.stringify(open)}`);
  });
}

/** How often the worker has written, or tried to write, what came of a call. */
function ends(worker: Member): number {
  return [...worker.output().matchAll(/"event":"(message\.sent|purchase\.done|activation\.command)"/g)]
    .length;
}

/** All that a settlement may change. A late answer may still add the phone that a push does not tell. */
async function truth(world: World, { userId }: Partner): Promise<unknown[]> {
  const queries = [
    `SELECT id, state, epoch, claim, calls, provider_sid, error, updated_at FROM messages WHERE $1 > 0 ORDER BY id`,
    `SELECT id, state, epoch, claim, calls, provider_ref, reason, price_micros, command, command_epoch, ended_at
     FROM activations WHERE user_id = $1 ORDER BY id`,
    `SELECT balance_micros, held_micros, version FROM wallets WHERE user_id = $1`,
  ];
  return Promise.all(queries.map(async (sql) => (await world.ctx.db.query(sql, [userId])).rows));
}
