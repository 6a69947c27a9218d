import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { type Database, openDatabase } from '#libs/platform';
import { createUser, moveMoney } from '#libs/store';
import { createTestDatabase } from '../helpers/services.ts';
import { MIRRORED, openMemoryDatabase } from '../simulation/store/database.ts';
import { Tables } from '../simulation/store/tables.ts';
import { plain, requireSame, resultOf } from './compare.ts';
import { modelSettings } from './settings.ts';
import { type Draw, type Ground, OPERATIONS } from './store-operations.ts';

const settings = modelSettings(120);
const NAMES = Object.keys(OPERATIONS);
/** Those of a usual life come more often, so that rows get somewhere. */
const USUAL = [
  ...['claimMessages', 'settleSent', 'settleUnknown', 'settleNotSent', 'advanceMessage', 'adoptSid'],
  ...['claimPurchases', 'settlePurchased', 'settlePurchaseUnknown', 'markReceived', 'insertCode'],
  ...['requestCancel', 'claimCommand', 'postponeCommand', 'requestCommand', 'moveMoney'],
];
const PAUSES = Array.from({ length: 8 }, () => null);
const BORDER = NAMES.indexOf('insertRentals');
/** A history is about messages or about rentals. Null: time passes. */
const POOLS = [NAMES.slice(0, BORDER), NAMES.slice(BORDER)].map((names) => {
  const usual = USUAL.filter((name) => names.includes(name));
  return [...PAUSES, ...names, ...usual, ...usual, ...usual];
});
const START_MS = Date.UTC(2030, 0, 1);
const SECONDS = [0.25, 1, 2.5, 5, 11, 30, 61, 125, 601, 1_201];

t.test(`the tables in memory do what the SQL does (seed ${settings.seed})`, async (t) => {
  const db = await openWithOwnClock(t);
  const used = new Set<string>();
  const step = fc.record({
    operation: fc.nat(999),
    which: fc.nat(3),
    a: fc.nat(7),
    b: fc.nat(7),
  });
  const steps = fc.record({
    about: fc.nat(1),
    history: fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }),
  });
  await fc.assert(
    fc.asyncProperty(steps, async ({ about, history }) => {
      const pair = await startPair(db);
      const pool = POOLS[about] ?? [];
      for (const { operation, ...draw } of history) {
        const name = pool[operation % pool.length] ?? null;
        if (name === null) await pair.pass(SECONDS[(draw.a + draw.b) % SECONDS.length] ?? 1);
        else await pair.compare(name, draw);
        if (name !== null) used.add(name);
      }
    }),
    settings,
  );
  t.ok(used.size > 0.9 * NAMES.length, 'most of them were tried');
});

t.test('every mirrored function is compared', async (t) => {
  const notCompared = MIRRORED.filter((name) => !name.includes(':') && !NAMES.includes(name));
  t.same(notCompared, ['findProviderBySecret'], 'which is a constant of the simulation');
});

interface Pair {
  pass(seconds: number): Promise<void>;
  compare(name: string, draw: Draw): Promise<void>;
}

/** Empty tables on both sides, one user with a wallet, and one message and rental to begin with. */
async function startPair(db: Database): Promise<Pair> {
  await db.query(`DELETE FROM suspense_entries; DELETE FROM activation_codes; DELETE FROM provider_pushes;
    DELETE FROM activations; DELETE FROM message_events; DELETE FROM messages; DELETE FROM provider_health`);
  await setClock(db, START_MS);
  const tables = new Tables(START_MS);
  const memory = openMemoryDatabase(tables);
  const user = await createUser(db, { id: null, name: 'model' });
  const userId = user?.id ?? 0;
  tables.wallets.set(userId, { balanceMicros: 0n, heldMicros: 0n, version: 0 });
  tables.nextActivationId = await nextActivationId(db);
  const ground: Ground = { tables, userId, newId: randomUUID };
  const pair: Pair = {
    async pass(seconds) {
      tables.nowMs += seconds * 1_000;
      await setClock(db, tables.nowMs);
    },
    async compare(name, draw) {
      const operation = OPERATIONS[name]?.(ground, draw);
      if (!operation) throw new Error(`no operation ${name}`);
      const real = await resultOf(() => operation(db));
      const mirrored = await resultOf(() => operation(memory));
      requireSame(`${name} ${JSON.stringify(draw)}`, real, mirrored);
      requireSame(
        `tables after ${name} ${JSON.stringify(draw)}`,
        await dump(db, userId),
        dumpOf(tables, userId),
      );
    },
  };
  const credit = { userId, kind: 'credit', amountMicros: 35n, reason: 'model' } as const;
  await moveMoney(db, credit);
  await moveMoney(memory, credit);
  await pair.compare('insertMessages', { which: 0, a: 0, b: 0 });
  await pair.compare('insertRentals', { which: 0, a: 0, b: 1 });
  await pair.compare('insertRentals', { which: 0, a: 1, b: 1 });
  return pair;
}

/** `now()` is a table of one row: sim.now comes before the real one on this connection's path. */
async function openWithOwnClock(t: Parameters<typeof createTestDatabase>[0]): Promise<Database> {
  const url = await createTestDatabase(t);
  const options = encodeURIComponent('-c search_path=sim,public,pg_catalog');
  const open = (address: string) =>
    openDatabase({ url: address, applicationName: 'model', maxConnections: 1, onError: () => undefined });
  const plain = open(url);
  await plain.query(`CREATE SCHEMA sim; CREATE TABLE sim.clock (at timestamptz NOT NULL);
    INSERT INTO sim.clock VALUES (now());
    CREATE FUNCTION sim.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM sim.clock'`);
  const { rows } = await plain.query<{ change: string }>(
    `SELECT format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT sim.now()', table_name, column_name) AS change
     FROM information_schema.columns WHERE table_schema = 'public' AND column_default = 'now()'`,
  );
  for (const { change } of rows) await plain.query(change);
  await plain.query(
    `INSERT INTO providers (id, kind, name, api_url, credentials, callback_secret)
     VALUES (1, 'smsbower', 'one', 'https://example.com', '', 'secret')`,
  );
  await plain.close();
  const db = open(`${url}${url.includes('?') ? '&' : '?'}options=${options}`);
  t.teardown(() => db.close());
  return db;
}

async function setClock(db: Database, nowMs: number): Promise<void> {
  await db.query('UPDATE sim.clock SET at = $1', [new Date(nowMs)]);
}

async function nextActivationId(db: Database): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END AS id FROM activations_id_seq`,
  );
  return Number(rows[0]?.id);
}

const TABLES = {
  messages: 'SELECT * FROM messages',
  activations: 'SELECT * FROM activations',
  codes: 'SELECT activation_id, code, code_hash, text, late, received_at FROM activation_codes',
  suspense: `SELECT kind, provider_id, provider_ref, activation_id, amount_micros, cost_micros FROM suspense_entries`,
} as const;

async function dump(db: Database, userId: number): Promise<unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(TABLES)) found[name] = (await db.query(sql)).rows.map(camel);
  const wallet = await db.query(
    'SELECT balance_micros, held_micros, version FROM wallets WHERE user_id = $1',
    [userId],
  );
  const ledger = await db.query(
    'SELECT kind, amount_micros, reason, reference, activation_id FROM ledger_transactions WHERE user_id = $1',
    [userId],
  );
  return plain({ ...found, wallet: wallet.rows.map(camel), ledger: ledger.rows.map(camel) });
}

function dumpOf(tables: Tables, userId: number): unknown {
  const wallet = tables.wallets.get(userId);
  const ledger = tables.ledger
    .filter((one) => one.userId === userId)
    .map(({ kind, amountMicros, reason, reference, activationId }) => ({
      ...{ kind, amountMicros, reason, reference, activationId },
    }));
  const suspense = tables.suspense.map(({ id: _id, ...entry }) => entry);
  return plain({
    messages: [...tables.messages.values()],
    activations: [...tables.activations.values()],
    codes: tables.codes,
    suspense,
    wallet: [{ ...wallet, version: BigInt(wallet?.version ?? 0) }],
    ledger,
  });
}

function camel(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}
