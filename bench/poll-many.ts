import type { Benchmark, Figure } from './harness/benchmark.ts';
import { install } from './harness/installation.ts';
import { observePolling, untilPolling } from './harness/polling.ts';
import { measureRentalBytes } from './harness/redis-memory.ts';
import { insertRentals } from './harness/rows.ts';

const RENTALS = 100_000;
const WINDOW_SECONDS = 20;
/** Spread evenly over the twenty minutes that a rental lives. */
export const EVERY_AGE = `now() - (n % 1200) * interval '1 second'`;

export const pollMany: Benchmark = {
  name: 'poll-many',
  ours: '100 000 live rentals of every age: what each takes in Redis, and how late one poller asks',
  limit: 'none',
  async run(run) {
    const count = Math.round(RENTALS * run.size);
    const installation = await install(run, { partners: 200 });
    run.progress(`inserting ${count} rentals`);
    await insertRentals(installation, { count, purchasedAt: EVERY_AGE });
    run.progress('Redis bytes');
    const each = await measureRentalBytes(installation);
    const bytes = figureOf('bytes in Redis for each', 'B', 1_024, 400);
    bytes.values.push(each.due + each.status);
    const poller = await installation.start('poller');
    run.progress('until every rental was asked about');
    await untilPolling(installation, count);
    const lag = figureOf('from due to claimed, p99', 'ms', 2_000, 250);
    const rate = figureOf('polls', 'per s', null, null);
    const cpu = figureOf('CPU for 10 000 polls', 's', null, null);
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round} of ${run.rounds}`);
      const window = await observePolling(installation, poller, WINDOW_SECONDS);
      lag.values.push(window.lagP99Ms);
      rate.values.push(window.polls / window.seconds);
      if (window.cpuSeconds !== null) cpu.values.push((window.cpuSeconds / window.polls) * 10_000);
    }
    return {
      figures: [bytes, lag, { ...rate, better: 'higher' }, cpu],
      sides: [],
      notes: [
        `${count} rentals; schedule ${Math.round(each.due)} B, cached reply ${Math.round(each.status)} B each`,
      ],
    };
  },
};

function figureOf(name: string, unit: string, floor: number | null, goal: number | null): Figure {
  return { name, unit, better: 'lower', floor, goal, values: [] };
}
