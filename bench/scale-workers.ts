import type { Benchmark, Figure, Side } from './harness/benchmark.ts';
import { dearestOverCheapest, flatness } from './harness/flatness.ts';
import { install } from './harness/installation.ts';
import { measureWorkers } from './worker-scale.ts';

const STEPS = [1, 2, 4];
const PROVIDER_MS = 50;
const MOST_PER_SECOND = 1_000;

export const scaleWorkers: Benchmark = {
  name: 'scale-workers',
  ours: 'messages sent by 1, 2 and 4 worker processes, a provider that takes 50 ms, all cores',
  limit: 'the cost per message of one process',
  async run(run) {
    const installation = await install(run);
    await installation.delayProvider(PROVIDER_MS);
    const messages = Math.round(MOST_PER_SECOND * run.seconds);
    const sides: Side[] = STEPS.map((workers) => ({
      name: `${workers} worker${workers === 1 ? '' : 's'}`,
      isLimit: false,
      counted: 'message',
      samples: [],
    }));
    const cost: Figure = flatness('CPU per message, dearest over cheapest step');
    for (let round = 1; round <= run.rounds; round += 1) {
      const costs: number[] = [];
      for (const [index, workers] of STEPS.entries()) {
        run.progress(`round ${round} of ${run.rounds}: ${workers} workers`);
        const sample = await measureWorkers(installation, workers, messages);
        sides[index]?.samples.push(sample);
        costs.push(sample.cpuMicrosEach ?? Number.NaN);
      }
      cost.values.push(dearestOverCheapest(costs));
    }
    return { figures: [cost], sides };
  },
};
