import type { Benchmark, Figure } from './harness/benchmark.ts';
import { install } from './harness/installation.ts';
import { observePolling, type PollWindow, untilPolling } from './harness/polling.ts';
import { insertRentals } from './harness/rows.ts';

const RENTALS = 10_000;
const INTERVAL_SECONDS = 3;
const WINDOW_INTERVALS = 5;

export const poll: Benchmark = {
  name: 'poll',
  ours: '10 000 live rentals, each due every 3 s, one poller',
  limit: 'the wanted rate',
  async run(run) {
    const installation = await install(run, { partners: 100 });
    run.progress(`inserting ${RENTALS} rentals`);
    await insertRentals(installation, { count: RENTALS });
    const poller = await installation.start('poller');
    run.progress('until every rental was asked about');
    await untilPolling(installation, RENTALS);
    const { share, worstLag, cpu, lag } = figures();
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round} of ${run.rounds}`);
      const window = await observePolling(installation, poller, WINDOW_INTERVALS * INTERVAL_SECONDS);
      share.values.push(shareDone(window));
      worstLag.values.push(Math.max(0, window.worstGapMs - INTERVAL_SECONDS * 1_000));
      lag.values.push(window.lagP99Ms);
      if (window.cpuSeconds !== null) cpu.values.push((window.cpuSeconds / window.polls) * 10_000);
    }
    return { figures: [share, worstLag, cpu, lag], sides: [] };
  },
};

/** A rental that was asked about too often makes up for none that was asked about too seldom. */
function shareDone({ seconds, counts }: PollWindow): number {
  const wanted = Math.floor(seconds / INTERVAL_SECONDS);
  const done = Object.entries(counts).reduce(
    (sum, [polls, rentals]) => sum + Math.min(Number(polls), wanted) * rentals,
    0,
  );
  return done / (wanted * RENTALS);
}

function figures(): Record<'share' | 'worstLag' | 'cpu' | 'lag', Figure> {
  const lower = { better: 'lower', values: [] } as const;
  return {
    share: {
      name: 'share of wanted polls done',
      unit: '',
      better: 'higher',
      floor: 0.98,
      goal: 1,
      values: [],
    },
    worstLag: {
      ...lower,
      values: [],
      name: 'worst gap between two polls, beyond the interval',
      unit: 'ms',
      floor: 250,
      goal: 50,
    },
    cpu: { ...lower, values: [], name: 'CPU for 10 000 polls', unit: 's', floor: 1.5, goal: 0.9 },
    lag: { ...lower, values: [], name: 'from due to claimed, p99', unit: 'ms', floor: null, goal: null },
  };
}
