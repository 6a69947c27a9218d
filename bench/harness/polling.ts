import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../scripts/lib/processes.mjs';
import type { PollSummary } from '../programs/poll-book.ts';
import type { AppProcess } from './app-process.ts';
import type { Installation } from './installation.ts';
import { percentileBetween, readBuckets } from './metric-histogram.ts';
import { cpuSeconds } from './process-stats.ts';

/** What a poller did during one window, as the provider saw it. */
export interface PollWindow extends PollSummary {
  /** CPU time of the poller; null where /proc is not. */
  cpuSeconds: number | null;
  /** Between due and claimed, as the poller counts it. */
  lagP50Ms: number;
  lagP99Ms: number;
}

const LAG = 'smsx_poll_lag_seconds';
const STEADY_MS = 120_000;

/** Until every rental was asked about twice. */
export async function untilPolling({ standIn }: Installation, rentals: number): Promise<void> {
  const asked = async () => {
    const { counts, rentals: known } = await readPolls(standIn.url);
    return known >= rentals && !counts['1'] && !counts['0'];
  };
  if (!(await waitUntil(asked, STEADY_MS, 250)))
    throw new Error('not every rental was asked about twice within two minutes');
}

export async function observePolling(
  { standIn }: Installation,
  poller: AppProcess,
  seconds: number,
): Promise<PollWindow> {
  const before = await readBuckets(poller, LAG);
  const cpuBefore = cpuSeconds(poller.pid);
  await fetch(`${standIn.url}/control/polls/reset`);
  await delay(seconds * 1_000);
  const summary = await readPolls(standIn.url);
  const cpuAfter = cpuSeconds(poller.pid);
  const after = await readBuckets(poller, LAG);
  return {
    ...summary,
    cpuSeconds: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
    lagP50Ms: percentileBetween(before, after, 0.5) * 1_000,
    lagP99Ms: percentileBetween(before, after, 0.99) * 1_000,
  };
}

async function readPolls(url: string): Promise<PollSummary> {
  const response = await fetch(`${url}/control/polls`);
  return (await response.json()) as PollSummary;
}
