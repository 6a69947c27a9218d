import type { AppProcess } from './harness/app-process.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { placementOf } from './harness/cores.ts';
import { measureDrain } from './harness/drain.ts';
import { type Installation, install } from './harness/installation.ts';
import type { Sample } from './harness/measure.ts';

const PROVIDER_MS = 50;
/** About half of what one process can do at most against such a provider, a hundred calls at a time. */
const MOST_PER_SECOND = 1_000;

export const workerScale: Benchmark = {
  name: 'worker-scale',
  ours: '4 worker processes, a provider that takes 50 ms, all cores',
  limit: '1 worker process',
  async run(run) {
    const installation = await install(run);
    await installation.delayProvider(PROVIDER_MS);
    const measure = (workers: number) => () =>
      measureWorkers(installation, workers, Math.round(MOST_PER_SECOND * run.seconds));
    return compare(run, {
      ours: { name: '4 workers', counted: 'message', measure: measure(4) },
      limit: { name: '1 worker', counted: 'message', measure: measure(1) },
      floor: 2.5,
      goal: 3.5,
    });
  },
};

/** Starts so many workers, lets them empty the queue, and ends them. */
export async function measureWorkers(
  installation: Installation,
  workers: number,
  messages: number,
): Promise<Sample> {
  const { all } = placementOf();
  const processes: AppProcess[] = [];
  for (let i = 0; i < workers; i += 1) processes.push(await installation.start('worker', { cores: all }));
  await measureDrain(installation, processes, Math.round(messages / 5));
  const sample = await measureDrain(installation, processes, messages);
  await Promise.all(processes.map((process) => process.stop()));
  return sample;
}
