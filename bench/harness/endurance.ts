import type { App, AppProcess } from './app-process.ts';
import type { Figure } from './benchmark.ts';
import { placementOf } from './cores.ts';
import type { Installation } from './installation.ts';
import { type LiveMemory, startInspectable } from './live-memory.ts';
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
/** Growth that allocators explain. */
const FLOOR_PERCENT = 10;
const GOAL_PERCENT = 3;

interface Chunk {
  /** Of gateway, worker and poller. */
  bytes: number[];
  p99Ms: number;
}

const WATCHED: App[] = ['gateway', 'worker', 'poller'];

/** Polls and sends at a steady 80 % of what the gateway can do, for `minutes`. Any wrong answer is an error. */
export async function endure(
  run: Run,
  installation: Installation,
): Promise<{ figures: Figure[]; notes: string[] }> {
  const { rest } = placementOf();
  const rentals = await insertRentals(installation, { count: 512 });
  const gateway = await startInspectable(installation, 'gateway');
  // In production each has a machine of its own.
  const worker = await startInspectable(installation, 'worker', { cores: rest, aside: true });
  const poller = await startInspectable(installation, 'poller', { cores: rest, aside: true });
  const processes = [gateway, worker, poller];
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
  const live: LiveMemory[][] = [];
  for (let i = 1; i <= CHUNKS; i += 1) {
    run.progress(`part ${i} of ${CHUNKS} of ${run.minutes} minutes at 80 % of the peak`);
    const memory = watchMemory(processes);
    const [polls] = await Promise.all([
      measureLoad(run, target, { ...loads.polls, ratePerSecond: rates.polls, seconds, warmSeconds: 0 }),
      measureLoad(run, target, { ...loads.sends, ratePerSecond: rates.sends, seconds, warmSeconds: 0 }),
    ]);
    chunks.push({ bytes: memory.end(), p99Ms: polls.p99Ms });
    if (i % (CHUNKS / 5) === 0) live.push(await Promise.all(processes.map((one) => one.liveMemory())));
  }
  return {
    figures: figuresOf(chunks, live),
    notes: [
      ...notesOf(chunks, live),
      `${run.minutes} minutes of ${Math.round(rates.polls)} polls and ${Math.round(rates.sends)} sends per second`,
    ],
  };
}

function notesOf(chunks: Chunk[], live: LiveMemory[][]): string[] {
  const list = (values: number[]) => values.map(Math.round).join(', ');
  const megabytes = (bytes = Number.NaN) => bytes / 1e6;
  const memory = WATCHED.flatMap((name, index) => [
    `${name}, MB in each fifth: ${list(fifthsOf(chunks.map(({ bytes }) => megabytes(bytes[index]))))}`,
    `… after a full collection: ${list(live.map((all) => megabytes(all[index]?.residentBytes)))}`,
    `… of which is its heap: ${list(live.map((all) => megabytes(all[index]?.heapBytes)))}`,
  ]);
  return [...memory, `p99 of polls, ms in each fifth: ${list(fifthsOf(chunks.map((chunk) => chunk.p99Ms)))}`];
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

/** The median of each fifth. */
function fifthsOf(values: number[]): number[] {
  const size = Math.floor(values.length / 5);
  return [0, 1, 2, 3, 4].map((fifth) => spreadOf(values.slice(fifth * size, (fifth + 1) * size)).median);
}

/**
 * The first fifth warms up; the second and the last are compared. Memory after a full collection: a leak is what one
 * leaves, and between two of V8's own, minutes apart at such a load, a process rises and falls.
 */
function figuresOf(chunks: Chunk[], live: LiveMemory[][]): Figure[] {
  const growth = (before = Number.NaN, after = Number.NaN) => ((after - before) / before) * 100;
  const p99 = chunks.map((chunk) => chunk.p99Ms);
  const memory = WATCHED.map((name, index) => ({
    name: `${name} after a full collection, growth from the second fifth to the last`,
    unit: '%',
    better: 'lower' as const,
    floor: FLOOR_PERCENT,
    goal: GOAL_PERCENT,
    values: [growth(live[1]?.[index]?.residentBytes, live[4]?.[index]?.residentBytes)],
  }));
  return [
    ...memory,
    {
      name: 'p99 of polls, growth from the second fifth to the last',
      unit: '%',
      better: 'lower',
      floor: 50,
      goal: 20,
      values: [growth(fifthsOf(p99)[1], fifthsOf(p99)[4])],
    },
    {
      name: 'p99 of polls',
      unit: 'ms',
      better: 'lower',
      floor: null,
      goal: null,
      values: p99.slice(-CHUNKS / 5),
    },
  ];
}
