import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRequest } from '../../../apps/sandbox/core/faults.ts';
import type { App } from './crew.ts';
import type { Toxic } from './proxy.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** One thing that goes wrong; resolves when it is over. */
export interface Mishap {
  name: string;
  strike(world: World, random: Random): Promise<void>;
}

const APPS: App[] = ['gateway', 'worker', 'worker', 'poller'];
const PROVIDER_FAULTS: FaultRequest[] = [
  { provider: 'twilio', kind: 'hang', action: 'create', commit: true, times: 3 },
  { provider: 'twilio', kind: 'hang', action: 'create', commit: false, times: 3 },
  { provider: 'twilio', kind: 'reset', action: 'create', commit: true, times: 5 },
  { provider: 'twilio', kind: 'cut-off', action: 'create', times: 5 },
  { provider: 'twilio', kind: 'html', action: 'create', commit: true, times: 3 },
  { provider: 'twilio', kind: 'throttled', action: 'create', times: 10 },
  { provider: 'twilio', kind: 'callback-doubled', times: 20 },
  { provider: 'twilio', kind: 'callback-reordered', times: 20 },
  { provider: 'twilio', kind: 'callback-forged', times: 20 },
  { provider: 'smsbower', kind: 'hang', action: 'getNumberV2', commit: true, times: 1 },
  { provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true, times: 1 },
  { provider: 'smsbower', kind: 'empty', action: 'getNumberV2', commit: false, times: 1 },
  { provider: 'smsbower', kind: 'duplicate-id', times: 1 },
  { provider: 'smsbower', kind: 'html', action: 'getStatus', times: 20 },
  { provider: 'smsbower', kind: 'slow', action: 'getStatus', delayMs: 1_500, times: 20 },
  { provider: 'smsbower', kind: 'error-500', action: 'setStatus', times: 3 },
  { provider: 'smsbower', kind: 'push-doubled', times: 10 },
  { provider: 'smsbower', kind: 'push-none', times: 10 },
];
const TOXICS: Toxic[] = [
  { kind: 'latency', ms: 100 },
  { kind: 'reset' },
  { kind: 'refuse' },
  { kind: 'limit', bytes: 40 },
  { kind: 'lost-reply', times: 5 },
  { kind: 'blackhole' },
];

/** Everything that may happen to an installation, as often as it stands here. `spared` processes are never hit. */
export function mishaps(spared: ReadonlySet<string>): Mishap[] {
  const victimOf = (world: World, random: Random, app: App) => {
    const victims = world.crew.members(app).filter(({ name }) => !spared.has(name));
    if (victims.length === 0) throw new Error(`no ${app} is left: ${world.crew.crashes().join('\n')}`);
    return random.pick(victims);
  };
  const kill: Mishap = {
    name: 'a process is killed',
    async strike(world, random) {
      const app = random.pick(APPS);
      await victimOf(world, random, app).end('SIGKILL');
      await world.crew.start(app);
    },
  };
  const freeze: Mishap = {
    name: 'a process is frozen',
    async strike(world, random) {
      const victim = victimOf(world, random, random.pick(APPS));
      victim.signal('SIGSTOP');
      await delay(random.between(500, 9_000));
      victim.signal('SIGCONT');
    },
  };
  return [
    kill,
    kill,
    freeze,
    flush,
    restartRedis,
    freezeRedis,
    endBackends,
    ...networks(),
    provider,
    provider,
  ];
}

const flush: Mishap = {
  name: 'Redis is emptied',
  strike: (world) => world.redis.command('FLUSHALL').then(() => undefined),
};

const restartRedis: Mishap = {
  name: 'Redis is killed and comes back empty',
  async strike(world, random) {
    await world.redis.kill();
    await delay(random.between(0, 3_000));
    await world.redis.start();
  },
};

const freezeRedis: Mishap = {
  name: 'Redis is frozen',
  async strike(world, random) {
    world.redis.signal('SIGSTOP');
    await delay(random.between(500, 5_000));
    world.redis.signal('SIGCONT');
  },
};

const endBackends: Mishap = {
  name: 'every connection to PostgreSQL is ended',
  async strike(world) {
    await world.ctx.db
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch(() => undefined);
  },
};

const provider: Mishap = {
  name: 'a provider misbehaves',
  async strike(world, random) {
    await world.sandbox.control.addFault(random.pick(PROVIDER_FAULTS));
    await delay(5_000);
    await world.sandbox.control.clearFaults();
  },
};

function networks(): Mishap[] {
  return (['redis', 'twilio', 'smsbower'] as const).map((name) => ({
    name: `the network before ${name} misbehaves`,
    async strike(world, random) {
      const heal = await world.proxies[name].apply(random.pick(TOXICS));
      await delay(random.between(500, 4_000));
      await heal();
    },
  }));
}
