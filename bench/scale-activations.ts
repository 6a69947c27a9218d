import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, Figure } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { flatness, mostGrowth, told } from './harness/flatness.ts';
import { type Installation, install } from './harness/installation.ts';
import { observePolling, untilPolling } from './harness/polling.ts';
import { cpuSeconds } from './harness/process-stats.ts';
import { measureRentalBytes } from './harness/redis-memory.ts';
import { insertRentals, type Rental } from './harness/rows.ts';
import type { Run } from './harness/run.ts';
import { createScope } from './harness/scope.ts';
import { percentileOf } from './harness/statistics.ts';
import { createStatusWatcher, giveCode } from './harness/watch-status.ts';
import { EVERY_AGE } from './poll-many.ts';

const STEPS = [1_000, 10_000, 100_000];
const WINDOW_SECONDS = 15;
const IDLE_SECONDS = 10;
const CODES = 20;

interface Step {
  rentals: number;
  bytesEach: number;
  /** Above what the same process takes with nothing to poll: at few rentals that is most of it, and is no cost of one. */
  cpuMicrosEach: number;
  idleCpuShare: number;
  lagP99Ms: number;
  codeP90Ms: number;
}

export const scaleActivations: Benchmark = {
  name: 'scale-activations',
  ours: '1 000, 10 000 and 100 000 live rentals of every age, one poller',
  limit: 'the same cost for each at every step',
  async run(run) {
    const steps: Step[] = [];
    for (const full of STEPS) {
      const scope = createScope();
      try {
        steps.push(await measureStep({ ...run, scope }, Math.max(100, Math.round(full * run.size))));
      } finally {
        await scope.end();
      }
    }
    const figures: Figure[] = [
      flatness('CPU per poll, above that of an idle poller', [
        mostGrowth(steps.map((step) => step.cpuMicrosEach)),
      ]),
      flatness('bytes in Redis for each', [mostGrowth(steps.map((step) => step.bytesEach))]),
    ];
    for (const step of steps)
      figures.push(
        told(`${step.rentals} live: bytes in Redis for each`, 'B', [step.bytesEach]),
        told(`${step.rentals} live: CPU per poll, above idle`, 'µs', [step.cpuMicrosEach]),
        told(`${step.rentals} live: CPU of an idle poller`, '% of a core', [100 * step.idleCpuShare]),
        told(`${step.rentals} live: from due to claimed, p99`, 'ms', [step.lagP99Ms]),
        told(`${step.rentals} live: until a code is shown, p90`, 'ms', [step.codeP90Ms]),
      );
    return { figures, sides: [], notes: ['until a code is shown holds the interval: 3, 5 or 10 s by age'] };
  },
};

/** Its CPU time over time, once what a start costs is over. */
async function measureIdlePoller(installation: Installation): Promise<number> {
  const poller = await installation.start('poller');
  await delay(2_000);
  const before = cpuSeconds(poller.pid) ?? Number.NaN;
  await delay(IDLE_SECONDS * 1_000);
  const share = ((cpuSeconds(poller.pid) ?? Number.NaN) - before) / IDLE_SECONDS;
  await poller.stop();
  return share;
}

async function measureStep(run: Run, count: number): Promise<Step> {
  const installation = await install(run, { partners: 200 });
  run.progress(`${count} rentals: the poller while there are none`);
  const idleCpuShare = await measureIdlePoller(installation);
  run.progress(`${count} rentals`);
  const rentals = await insertRentals(installation, { count, purchasedAt: EVERY_AGE });
  const each = await measureRentalBytes(installation);
  const gateway = await installation.start('gateway', { cores: placementOf().rest });
  const poller = await installation.start('poller');
  await untilPolling(installation, count);
  run.progress(`${count} rentals: polls`);
  const window = await observePolling(installation, poller, WINDOW_SECONDS);
  run.progress(`${count} rentals: codes`);
  const watcher = createStatusWatcher(installation, gateway.port);
  run.scope.onEnd(() => watcher.close());
  const chosen = Array.from({ length: CODES }, (_, i) => rentals[Math.floor((i * count) / CODES)]);
  const waits = await Promise.all(
    chosen
      .filter((rental): rental is Rental => rental !== undefined)
      .map(async (rental) => {
        const startedAt = await giveCode(installation, rental);
        return (await watcher.untilReceived(rental, 20)) - startedAt;
      }),
  );
  return {
    rentals: count,
    bytesEach: each.due + each.status,
    cpuMicrosEach: (((window.cpuSeconds ?? Number.NaN) - idleCpuShare * window.seconds) * 1e6) / window.polls,
    idleCpuShare,
    lagP99Ms: window.lagP99Ms,
    codeP90Ms: percentileOf(waits, 0.9),
  };
}
