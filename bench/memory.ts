import { setTimeout as delay } from 'node:timers/promises';
import type { App, AppProcess } from './harness/app-process.ts';
import type { Benchmark, Figure } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { endure } from './harness/endurance.ts';
import { type Installation, install } from './harness/installation.ts';
import { residentBytes } from './harness/process-stats.ts';
import { startServer } from './harness/programs.ts';
import { createScope } from './harness/scope.ts';

const APPS: App[] = ['gateway', 'worker', 'poller', 'console'];
/** Until what a start leaves behind was collected, and loops have run. */
const SETTLE_MS = 5_000;

export const memory: Benchmark = {
  name: 'memory',
  ours: 'resident memory of each idle process; growth of gateway, worker and poller at 80 % of the peak',
  limit: 'a bare Fastify process; no growth',
  async run(run) {
    const installation = await install(run);
    const figures = APPS.map((app) => figureOf(`${app}, idle`, '× bare Fastify', 2.5, 1.7));
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round} of ${run.rounds}: idle processes`);
      const ratios = await measureIdle(installation);
      for (const [index, figure] of figures.entries()) figure.values.push(ratios[index] ?? Number.NaN);
    }
    const endured = await endure(run, installation);
    return { figures: [...figures, ...endured.figures], sides: [], notes: endured.notes };
  },
};

async function measureIdle(installation: Installation): Promise<number[]> {
  const scope = createScope();
  try {
    const bare = await startServer(scope, 'bare', {}, placementOf().rest);
    const processes: AppProcess[] = [];
    for (const app of APPS) processes.push(await installation.start(app, { cores: placementOf().rest }));
    await delay(SETTLE_MS);
    const limit = residentBytes(bare.pid) ?? Number.NaN;
    const ratios = processes.map(({ pid }) => (residentBytes(pid) ?? Number.NaN) / limit);
    await Promise.all(processes.map((process) => process.stop()));
    return ratios;
  } finally {
    await scope.end();
  }
}

function figureOf(name: string, unit: string, floor: number, goal: number): Figure {
  return { name, unit, better: 'lower', floor, goal, values: [] };
}
