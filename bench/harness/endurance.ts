import type { AppProcess } from './app-process.ts';
import type { Figure } from './benchmark.ts';
import { placementOf } from './cores.ts';
import type { Installation } from './installation.ts';
import { measureLoad, type Sample } from './measure.ts';
import { residentBytes } from './process-stats.ts';
import { sendRequests, statusRequests } from './requests.ts';
import { insertRentals } from './rows.ts';
import type { Run } from './run.ts';
import { spreadOf } from './statistics.ts';

/** Polls are what partners do most; sends are as many as keep the queue short. Together 80 % of the gateway. */
const SHARE_OF_POLLS = 0.7;
const SHARE_OF_SENDS = 0.1;
const CHUNKS = 30;
/** Growth that a garbage collector's own moods explain. */
const FLOOR_PERCENT = 10;
const GOAL_PERCENT = 3;

interface Chunk {
  bytes: number[];
  p99Ms: number;
}

/** Polls and sends at a steady 80 % of what the gateway can do, for `minutes`. Any wrong answer is an error. */
export async function endure(
  run: Run,
  installation: Installation,
): Promise<{ figures: Figure[]; notes: string[] }> {
  const { rest } = placementOf();
  const rentals = await insertRentals(installation, { count: 512 });
  const gateway = await installation.start('gateway');
  const worker = await installation.start('worker', { cores: rest });
  const poller = await installation.start('poller', { cores: rest });
  const loads = {
    polls: { connections: 64, requests: statusRequests(installation, rentals) },
    sends: { connections: 64, requests: sendRequests(installation) },
  };
  const target = { port: gateway.port, pids: [gateway.pid] };
  run.progress('finding the peaks');
  const peakPolls = await measureLoad(run, target, loads.polls);
  const peakSends = await measureLoad(run, target, loads.sends);
  const rates = {
    polls: peakPolls.perSecond * SHARE_OF_POLLS,
    sends: peakSends.perSecond * SHARE_OF_SENDS,
  };
  const seconds = (run.minutes * 60) / CHUNKS;
  const chunks: Chunk[] = [];
  for (let i = 1; i <= CHUNKS; i += 1) {
    run.progress(`part ${i} of ${CHUNKS} of ${run.minutes} minutes at 80 % of the peak`);
    const [polls] = await Promise.all([
      measureLoad(run, target, { ...loads.polls, ratePerSecond: rates.polls, seconds, warmSeconds: 0 }),
      measureLoad(run, target, { ...loads.sends, ratePerSecond: rates.sends, seconds, warmSeconds: 0 }),
    ]);
    chunks.push(chunkOf(polls, [gateway, worker, poller]));
  }
  return {
    figures: figuresOf(chunks),
    notes: [
      `${run.minutes} minutes of ${Math.round(rates.polls)} polls and ${Math.round(rates.sends)} sends per second`,
    ],
  };
}

function chunkOf(polls: Sample, processes: AppProcess[]): Chunk {
  return { bytes: processes.map(({ pid }) => residentBytes(pid) ?? Number.NaN), p99Ms: polls.p99Ms };
}

/** The first fifth warms up; the second and the last are compared. */
function figuresOf(chunks: Chunk[]): Figure[] {
  const fifth = Math.floor(chunks.length / 5);
  const early = chunks.slice(fifth, 2 * fifth);
  const late = chunks.slice(-fifth);
  const growth = (read: (chunk: Chunk) => number) => {
    const before = spreadOf(early.map(read)).median;
    return ((spreadOf(late.map(read)).median - before) / before) * 100;
  };
  const memory = ['gateway', 'worker', 'poller'].map((name, index) => ({
    name: `${name}, growth from the second fifth to the last`,
    unit: '%',
    better: 'lower' as const,
    floor: FLOOR_PERCENT,
    goal: GOAL_PERCENT,
    values: [growth((chunk) => chunk.bytes[index] ?? Number.NaN)],
  }));
  return [
    ...memory,
    {
      name: 'p99 of polls, growth from the second fifth to the last',
      unit: '%',
      better: 'lower',
      floor: 50,
      goal: 20,
      values: [growth((chunk) => chunk.p99Ms)],
    },
    {
      name: 'p99 of polls',
      unit: 'ms',
      better: 'lower',
      floor: null,
      goal: null,
      values: late.map((c) => c.p99Ms),
    },
  ];
}
