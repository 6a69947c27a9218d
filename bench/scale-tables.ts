import {
  abandonCalls,
  eraseOldTexts,
  expireMessages,
  findMessage,
  listMessages,
  measureBacklog,
  takeDueMessages,
  viewMessages,
} from '#libs/store';
import type { Benchmark, Figure } from './harness/benchmark.ts';
import { flatness, told } from './harness/flatness.ts';
import { type Installation, install } from './harness/installation.ts';
import { spreadOf } from './harness/statistics.ts';

const STEPS = [10_000, 1_000_000, 10_000_000];
/** One INSERT of this many rows. */
const BATCH = 250_000;
const REPEATS = 20;
const DAYS_OF_ROWS = 90;
const PAGE = {
  limit: 50,
  position: null,
  reference: null,
  to: null,
  state: null,
  createdFrom: null,
  createdBefore: null,
};

export const scaleTables: Benchmark = {
  name: 'scale-tables',
  ours: 'status, list and sweeps over tables of up to 10 000 000 messages',
  limit: 'the same over 10 000 messages',
  async run(run) {
    const installation = await install(run);
    const steps: { rows: number; times: Map<string, number> }[] = [];
    let rows = 0;
    for (const full of STEPS) {
      const wanted = Math.round(full * run.size);
      while (rows < wanted) {
        run.progress(`${rows} of ${wanted} messages`);
        const count = Math.min(BATCH, wanted - rows);
        await insertOldMessages(installation, rows, count);
        rows += count;
      }
      await installation.sql('VACUUM ANALYZE messages');
      run.progress(`${rows} messages: measuring`);
      steps.push({ rows, times: await timeReads(installation, rows) });
    }
    return {
      figures: figuresOf(steps),
      sides: [],
      notes: [`messages: ${steps.map((step) => step.rows).join(', ')}`],
    };
  },
};

/** Delivered messages of the last ninety days; texts older than thirty days are erased, as the poller does. */
async function insertOldMessages(
  { sql, partners }: Installation,
  first: number,
  count: number,
): Promise<void> {
  await sql(
    `INSERT INTO messages (id, owner, api_key, to_number, body, encoding, segments, state, valid_until, provider_sid,
                           provider_status, provider_rank, next_attempt_at, created_at, updated_at)
     SELECT lpad(to_hex(n), 32, '0')::uuid, 'u:' || ($3::integer[])[1 + n % cardinality($3::integer[])], 'bench',
            '+1' || (5550000000 + n % 10000000), CASE WHEN at > now() - interval '30 days' THEN '\\x00'::bytea END,
            'gsm7', 1, 'delivered', at + interval '4 hours', 'SM' || lpad(to_hex(n), 32, '0'), 'delivered', 5, at, at, at
     FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n,
          LATERAL (SELECT now() - (n % 7776000) * interval '1 second' AS at) AS moment`,
    [first, count, partners.map((partner) => partner.userId)],
  );
}

/** Milliseconds of each read and sweep, the median of many. */
async function timeReads({ ctx, partners }: Installation, rows: number): Promise<Map<string, number>> {
  const { db } = ctx;
  const middle = { at: daysAgo(DAYS_OF_ROWS / 2).toISOString(), id: idOf(0) };
  const reads: Record<string, (turn: number) => Promise<unknown>> = {
    'one message of its owner': (turn) => {
      const n = Math.floor((turn * rows) / REPEATS);
      return findMessage(db, { id: idOf(n), owner: `u:${partners[n % partners.length]?.userId}` });
    },
    'the newest fifty': () => viewMessages(db, { state: null, before: null, limit: 50 }),
    'the newest fifty failed': () => viewMessages(db, { state: 'failed', before: null, limit: 50 }),
    'the newest fifty delivered before an old one': () =>
      viewMessages(db, { state: 'delivered', before: idOf(Math.floor(rows / 2)), limit: 50 }),
    'a page of one owner': () => listMessages(db, { ...PAGE, owner: `u:${partners[0]?.userId}` }),
    'a page of one owner, in the middle': () =>
      listMessages(db, { ...PAGE, owner: `u:${partners[0]?.userId}`, position: middle }),
    'sweep: due': () => takeDueMessages(db, { limit: 500, quietSeconds: 5 }),
    'sweep: expired': () => expireMessages(db, 500),
    'sweep: abandoned': () =>
      abandonCalls(db, { olderThanSeconds: 30, windowSeconds: 60, firstLookSeconds: 5, limit: 500 }),
    'sweep: old texts': () => eraseOldTexts(db, { days: 30, limit: 500 }),
    backlog: () => measureBacklog(db),
  };
  const times = new Map<string, number>();
  for (const [name, read] of Object.entries(reads)) times.set(name, await medianMs(read));
  return times;
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 86_400_000);
}

function idOf(n: number): string {
  return n
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

async function medianMs(read: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  await read(0);
  for (let turn = 0; turn < REPEATS; turn += 1) {
    const startedAt = performance.now();
    await read(turn);
    times.push(performance.now() - startedAt);
  }
  return spreadOf(times).median;
}

/** A read of a tenth of a millisecond more is noise, whatever its ratio. */
const NOISE_MS = 0.5;

function figuresOf(steps: { rows: number; times: Map<string, number> }[]): Figure[] {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return [];
  return [...last.times].flatMap(([name, ms]) => {
    const before = first.times.get(name) ?? Number.NaN;
    const each = steps.map((step) => step.times.get(name) ?? Number.NaN);
    return [
      flatness(`${name}, most rows over fewest`, [(ms + NOISE_MS) / (before + NOISE_MS)]),
      ...each.map((time, index) => told(`${name}, ${steps[index]?.rows} rows`, 'ms', [time])),
    ];
  });
}
