import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { listingFile } from './services-listing.mjs';

export interface TestServices {
  /** Of a database that no test may write to; see createTestDatabase. */
  databaseUrl: string;
  redisUrl: string;
  postgresPid: number;
  redisPid: number;
}

/** What tap's `t` offers and the functions here need. */
export interface Teardown {
  teardown(handler: () => unknown): unknown;
}

const TEMPLATE_LOCK = 727_002;
const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url));

let services: TestServices | undefined;

/** The PostgreSQL and Redis that all test files of this run share; tap started them before the first file. */
export function testServices(): TestServices {
  services ??= readListing();
  return services;
}

/** A migrated, empty database of its own, dropped in teardown; resolves with its URL. */
export async function createTestDatabase(t: Teardown): Promise<string> {
  return createDatabase(t, await ensureTemplate());
}

/** The same without any table, for tests of the migrations themselves. */
export async function createBareDatabase(t: Teardown): Promise<string> {
  return createDatabase(t, 'template0');
}

export function testRedisUrl(): string {
  return testServices().redisUrl;
}

/** For all keys of one test file; in braces, so that they share one cluster slot as in production. */
export function testRedisPrefix(): string {
  return `{test-${randomBytes(6).toString('hex')}}`;
}

function readListing(): TestServices {
  try {
    return JSON.parse(readFileSync(listingFile, 'utf8'));
  } catch {
    throw new Error(
      'The test services are not running. Run the file by npm test: npm test -- test/<file>.test.ts',
    );
  }
}

async function createDatabase(t: Teardown, template: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin((admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`));
  t.teardown(() => asAdmin((admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)));
  return urlOf(name);
}

/** Made once per set of migrations, by whichever test file comes first. A half-made one is never taken for it. */
async function ensureTemplate(): Promise<string> {
  const name = `template_${digestOfMigrations()}`;
  await asAdmin(async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return;
    await admin.query(`DROP DATABASE IF EXISTS ${name}_draft WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${name}_draft TEMPLATE template0`);
    const { migrate } = await import('#libs/store');
    await migrate(urlOf(`${name}_draft`));
    await admin.query(`ALTER DATABASE ${name}_draft RENAME TO ${name}`);
  });
  return name;
}

function digestOfMigrations(): string {
  const digest = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS).sort())
    digest.update(file).update(readFileSync(MIGRATIONS + file));
  return digest.digest('hex').slice(0, 12);
}

/** The advisory lock, where one was taken, ends with the connection. */
async function asAdmin<Result>(work: (admin: pg.Client) => Promise<Result>): Promise<Result> {
  const admin = new pg.Client({ connectionString: urlOf('postgres') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(testServices().databaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}
