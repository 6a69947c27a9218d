import { type Database, openDatabase } from '#libs/platform';
import {
  abandonCalls,
  eraseOldTexts,
  expireMessages,
  findMessage,
  listMessages,
  measureBacklog,
  migrate,
  takeDueMessages,
  viewMessages,
} from '#libs/store';
import type { Benchmark, Figure } from './harness/benchmark.ts';
import { flatness, told } from './harness/flatness.ts';
import { type Installation, install } from './harness/installation.ts';
import type { Run } from './harness/run.ts';
import { spreadOf } from './harness/statistics.ts';

const STEPS = [10_000, 1_000_000, 10_000_000];
/** One INSERT of this many rows. */
const BATCH = 250_000;
const REPEATS = 40;
const DAYS_OF_ROWS = 90;
const OWNERS = 8;
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
    const tables: Table[] = [];
    for (const full of STEPS) tables.push(await makeTable(run, installation, Math.round(full * run.size)));
    run.progress('measuring');
    return {
      figures: figuresOf(await timeReads(tables)),
      sides: [],
      notes: [`messages: ${tables.map(({ rows }) => rows).join(', ')}`],
    };
  },
};

/** A database of its own, so that all sizes are measured in turns. */
interface Table {
  db: Database;
  rows: number;
}

async function makeTable(run: Run, installation: Installation, rows: number): Promise<Table> {
  const name = `messages_${rows}`;
  await installation.sql(`CREATE DATABASE ${name}`);
  const url = new URL(installation.databaseUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  const db = openDatabase({
    url: url.href,
    applicationName: name,
    maxConnections: 1,
    onError: () => undefined,
  });
  run.scope.onEnd(() => db.close());
  for (let made = 0; made < rows; made += BATCH) {
    run.progress(`${made} of ${rows} messages`);
    await insertOldMessages(db, { first: made, count: Math.min(BATCH, rows - made), of: rows });
  }
  run.progress(`${rows} messages: vacuum`);
  await db.query('VACUUM ANALYZE messages');
  return { db, rows };
}

/**
 * Delivered messages of the last ninety days, however many there are: a page in the middle is full at all sizes.
 * Texts older than thirty days are erased, as the poller does.
 */
async function insertOldMessages(
  db: Database,
  { first, count, of }: { first: number; count: number; of: number },
): Promise<void> {
  await db.query(
    `INSERT INTO messages (id, owner, api_key, to_number, body, encoding, segments, state, valid_until, provider_sid,
                           provider_status, provider_rank, next_attempt_at, created_at, updated_at)
     SELECT lpad(to_hex(n), 32, '0')::uuid, 'u:' || n % $3::bigint, 'bench',
            '+1' || (5550000000 + n % 10000000), CASE WHEN at > now() - interval '30 days' THEN '\\x00'::bytea END,
            'gsm7', 1, 'delivered', at + interval '4 hours', 'SM' || lpad(to_hex(n), 32, '0'), 'delivered', 5, at, at, at
     FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n,
          LATERAL (SELECT now() - n * $4::float8 * interval '1 day' AS at) AS moment`,
    [first, count, OWNERS, DAYS_OF_ROWS / of],
  );
}

/** What is asked of a table of messages, by rows and by the clock. */
function readsOf({ db, rows }: Table): Record<string, (turn: number) => Promise<unknown>> {
  const middle = { at: daysAgo(DAYS_OF_ROWS / 2).toISOString(), id: idOf(0) };
  return {
    'one message of its owner': (turn) => {
      const n = Math.floor((turn * (rows - 1)) / REPEATS);
      return findMessage(db, { id: idOf(n), owner: `u:${n % OWNERS}` });
    },
    'the newest fifty': () => viewMessages(db, { state: null, before: null, limit: 50 }),
    'the newest fifty failed': () => viewMessages(db, { state: 'failed', before: null, limit: 50 }),
    'the newest fifty delivered before an old one': () =>
      viewMessages(db, { state: 'delivered', before: idOf(Math.floor(rows / 2)), limit: 50 }),
    'a page of one owner': () => listMessages(db, { ...PAGE, owner: 'u:0' }),
    'a page of one owner, in the middle': () => listMessages(db, { ...PAGE, owner: 'u:0', position: middle }),
    'sweep: due': () => takeDueMessages(db, { limit: 500, quietSeconds: 5 }),
    'sweep: expired': () => expireMessages(db, 500),
    'sweep: abandoned': () =>
      abandonCalls(db, { olderThanSeconds: 30, windowSeconds: 60, firstLookSeconds: 5, limit: 500 }),
    'sweep: old texts': () => eraseOldTexts(db, { days: 30, limit: 500 }),
    backlog: () => measureBacklog(db),
  };
}

/** For each table the milliseconds of each read, the median of many; every turn goes over all tables. */
async function timeReads(tables: Table[]): Promise<{ rows: number; times: Map<string, number> }[]> {
  const asked = tables.map((table) => ({
    rows: table.rows,
    reads: Object.entries(readsOf(table)).map(([name, read]) => ({ name, read, taken: [] as number[] })),
  }));
  for (let turn = 0; turn <= REPEATS; turn += 1) {
    const all = (turn % 2 ? asked.toReversed() : asked).flatMap(({ reads }) => reads);
    for (const { read, taken } of all) taken.push(await millisecondsOf(() => read(turn)));
  }
  // The first turn only warms up.
  return asked.map(({ rows, reads }) => ({
    rows,
    times: new Map(reads.map(({ name, taken }) => [name, spreadOf(taken.slice(1)).median])),
  }));
}

async function millisecondsOf(read: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await read();
  return performance.now() - startedAt;
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
