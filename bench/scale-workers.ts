import type { Benchmark, Figure, Side } from './harness/benchmark.ts';
import { flatness, mostGrowth } from './harness/flatness.ts';
import { install } from './harness/installation.ts';
import { measureWorkers } from './worker-scale.ts';

const STEPS = [1, 2, 4];
/** So that one process, with its hundred calls at a time, is held to 400 per second, and four are not held by the machine. */
const PROVIDER_MS = 250;
const MOST_PER_SECOND = 400;

export const scaleWorkers: Benchmark = {
  name: 'scale-workers',
  ours: 'messages sent by 1, 2 and 4 worker processes, a provider that takes 250 ms, all cores',
  limit: 'the cost per message of one process',
  async run(run) {
    const installation = await install(run);
    await installation.delayProvider(PROVIDER_MS);
    const sides: Side[] = STEPS.map((workers) => ({
      name: `${workers} worker${workers === 1 ? '' : 's'}`,
      isLimit: false,
      counted: 'message',
      samples: [],
    }));
    const cost: Figure = flatness('CPU per message, growth with the processes');
    for (let round = 1; round <= run.rounds; round += 1) {
      const costs: number[] = [];
      for (const [index, workers] of STEPS.entries()) {
        run.progress(`round ${round} of ${run.rounds}: ${workers} workers`);
        const messages = Math.round(MOST_PER_SECOND * workers * run.seconds);
        const sample = await measureWorkers(installation, workers, messages);
        sides[index]?.samples.push(sample);
        costs.push(sample.cpuMicrosEach ?? Number.NaN);
      }
      cost.values.push(mostGrowth(costs));
    }
    return { figures: [cost], sides };
  },
};
