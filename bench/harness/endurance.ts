import type { AppProcess } from './app-process.ts';
import type { Figure } from './benchmark.ts';
import { placementOf } from './cores.ts';
import type { Installation } from './installation.ts';
import { measureLoad } from './measure.ts';
import { discardMessages } from './messages.ts';
import { residentBytes } from './process-stats.ts';
import { sendRequests, statusRequests } from './requests.ts';
import { insertRentals } from './rows.ts';
import type { Run } from './run.ts';
import { spreadOf } from './statistics.ts';

/** Of the peak of sends: as many as a worker drains beside the polls. */
const SHARE_OF_SENDS = 0.05;
/** Of the peak of polls beside those sends: what the machine as a whole can do is the limit, not one process. */
const SHARE_OF_POLLS = 0.8;
const CHUNKS = 30;
const PEAK_SECONDS = 15;
const LOOK_EVERY_MS = 1_000;
/** Growth that a garbage collector's own moods explain. */
const FLOOR_PERCENT = 10;
const GOAL_PERCENT = 3;

interface Chunk {
  /** Of gateway, worker and poller. */
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
  // In production each has a machine of its own.
  const worker = await installation.start('worker', { cores: rest, aside: true });
  const poller = await installation.start('poller', { cores: rest, aside: true });
  const loads = {
    polls: { connections: 64, requests: statusRequests(installation, rentals) },
    sends: { connections: 64, requests: sendRequests(installation) },
  };
  const target = { port: gateway.port, pids: [gateway.pid] };
  run.progress('finding the peaks');
  const sends = (await measureLoad(run, target, loads.sends)).perSecond * SHARE_OF_SENDS;
  await discardMessages(installation);
  const [peak] = await Promise.all([
    measureLoad(run, target, { ...loads.polls, seconds: PEAK_SECONDS }),
    measureLoad(run, target, { ...loads.sends, seconds: PEAK_SECONDS, ratePerSecond: sends }),
  ]);
  const rates = { polls: peak.perSecond * SHARE_OF_POLLS, sends };
  const seconds = (run.minutes * 60) / CHUNKS;
  const chunks: Chunk[] = [];
  for (let i = 1; i <= CHUNKS; i += 1) {
    run.progress(`part ${i} of ${CHUNKS} of ${run.minutes} minutes at 80 % of the peak`);
    const memory = watchMemory([gateway, worker, poller]);
    const [polls] = await Promise.all([
      measureLoad(run, target, { ...loads.polls, ratePerSecond: rates.polls, seconds, warmSeconds: 0 }),
      measureLoad(run, target, { ...loads.sends, ratePerSecond: rates.sends, seconds, warmSeconds: 0 }),
    ]);
    chunks.push({ bytes: memory.end(), p99Ms: polls.p99Ms });
  }
  return {
    figures: figuresOf(chunks),
    notes: [
      `gateway, MB in each fifth: ${fifthsOf(chunks.map(({ bytes }) => (bytes[0] ?? Number.NaN) / 1e6)).join(', ')}`,
      `p99 of polls, ms in each fifth: ${fifthsOf(chunks.map(({ p99Ms }) => p99Ms)).join(', ')}`,
      `${run.minutes} minutes of ${Math.round(rates.polls)} polls and ${Math.round(rates.sends)} sends per second`,
    ],
  };
}

/** Each process's median: between two major collections its memory goes up and down by a third. */
function watchMemory(processes: AppProcess[]): { end(): number[] } {
  const seen: number[][] = processes.map(() => []);
  const look = () => {
    for (const [index, { pid }] of processes.entries()) seen[index]?.push(residentBytes(pid) ?? Number.NaN);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      look();
      return seen.map((bytes) => spreadOf(bytes).median);
    },
  };
}

/** The median of each fifth, rounded. */
function fifthsOf(values: number[]): number[] {
  const size = Math.floor(values.length / 5);
  return [0, 1, 2, 3, 4].map((fifth) =>
    Math.round(spreadOf(values.slice(fifth * size, (fifth + 1) * size)).median),
  );
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
