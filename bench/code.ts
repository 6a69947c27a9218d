import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, Figure } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { type Installation, install } from './harness/installation.ts';
import { untilPolling } from './harness/polling.ts';
import { insertRentals, type Rental } from './harness/rows.ts';
import { spreadOf } from './harness/statistics.ts';
import { createStatusWatcher, giveCode, type StatusWatcher } from './harness/watch-status.ts';

const INTERVAL_MS = 3_000;
const PUSHED_EACH_ROUND = 30;
const POLLED_EACH_ROUND = 20;

export const code: Benchmark = {
  name: 'code',
  ours: 'from the provider having a code until the partner’s status shows it',
  limit: 'by push one HTTP hop, by poll the interval of 3 s',
  async run(run) {
    const installation = await install(run);
    const { rest } = placementOf();
    const rentals = await insertRentals(installation, {
      count: run.rounds * (PUSHED_EACH_ROUND + POLLED_EACH_ROUND),
    });
    const gateway = await installation.start('gateway');
    await installation.start('worker', { cores: rest });
    const watcher = createStatusWatcher(installation, gateway.port);
    run.scope.onEnd(() => watcher.close());
    const figures = figuresOf();
    const pushUrl = `http://127.0.0.1:${gateway.port}${installation.pushPath}`;
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round} of ${run.rounds}, by push`);
      const pushed: number[] = [];
      for (const rental of rentals.splice(0, PUSHED_EACH_ROUND))
        pushed.push(await timePush(installation, watcher, pushUrl, rental));
      figures.push.values.push(spreadOf(pushed).median);
      figures.slowestPush.values.push(Math.max(...pushed));
    }
    await installation.start('poller', { cores: rest });
    await untilPolling(installation, run.rounds * POLLED_EACH_ROUND);
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round} of ${run.rounds}, by poll`);
      const polled = await Promise.all(
        rentals
          .splice(0, POLLED_EACH_ROUND)
          .map((rental, index) => timePoll(installation, watcher, rental, index)),
      );
      figures.poll.values.push(Math.max(...polled));
    }
    return { figures: Object.values(figures), sides: [] };
  },
};

/** The provider pushes in the moment it has the code; whoever asks every millisecond sees it first. */
async function timePush(
  installation: Installation,
  watcher: StatusWatcher,
  pushUrl: string,
  rental: Rental,
): Promise<number> {
  const seen = watcher.untilReceived(rental, 1);
  const startedAt = await giveCode(installation, rental);
  await fetch(pushUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ activationId: rental.providerRef, service: 'tg', country: 22, code: '12345' }),
  });
  return (await seen) - startedAt;
}

/** Codes come at moments spread over one interval. */
async function timePoll(
  installation: Installation,
  watcher: StatusWatcher,
  rental: Rental,
  index: number,
): Promise<number> {
  await delay((index / POLLED_EACH_ROUND) * INTERVAL_MS);
  const startedAt = await giveCode(installation, rental);
  return (await watcher.untilReceived(rental, 10)) - startedAt;
}

function figuresOf(): Record<'push' | 'slowestPush' | 'poll', Figure> {
  const figure = (name: string, floor: number | null, goal: number | null): Figure => ({
    name,
    unit: 'ms',
    better: 'lower',
    floor,
    goal,
    values: [],
  });
  return {
    push: figure('by push, median', 50, 10),
    slowestPush: figure('by push, slowest', null, null),
    poll: figure('by poll, slowest', INTERVAL_MS + 250, INTERVAL_MS + 50),
  };
}
