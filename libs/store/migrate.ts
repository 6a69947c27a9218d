import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import pg from 'pg';
import { shippedFile } from '#libs/platform';
import { alignEventClock } from './events.ts';

const MIGRATIONS_FOLDER = shippedFile('migrations/');
/** Any number will do as long as every process uses the same. */
const MIGRATION_LOCK = 727_001;

/**
 * Brings the schema up to date and returns the names of the migrations it ran. Two runs at once are safe: the second
 * waits for the first and finds nothing to do. After a restore into another cluster it also sets the order of events right.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const guard = new pg.Client({ connectionString: databaseUrl });
  await guard.connect();
  const database = await openKnex(databaseUrl);
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const [, names] = await database.migrate.latest({ migrationSource, tableName: 'schema_migrations' });
    await alignEventClock(guard);
    return names as string[];
  } finally {
    await database.destroy();
    await guard.end();
  }
}

/** Names of migrations that the database still lacks. */
export async function pendingMigrations(databaseUrl: string): Promise<string[]> {
  const database = await openKnex(databaseUrl);
  try {
    const [, pending] = await database.migrate.list({ migrationSource, tableName: 'schema_migrations' });
    return pending.map((migration: string | { file: string }) =>
      typeof migration === 'string' ? migration : migration.file,
    );
  } finally {
    await database.destroy();
  }
}

/** Read only here: knex takes a tenth of the time in which a process starts, and none but migrations need it. */
async function openKnex(databaseUrl: string): Promise<Knex> {
  const { default: knex } = await import('knex');
  return knex({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: 1 } });
}

/** Names drop the extension, so that sources (`.ts`) and the build (`.js`) share one ledger. */
const migrationSource: Knex.MigrationSource<string> = {
  async getMigrations() {
    const files = await readdir(MIGRATIONS_FOLDER);
    return files.filter((file) => /^\d+_\w+\.(ts|js)$/.test(file)).sort();
  },
  getMigrationName: (file) => basename(file, extname(file)),
  async getMigration(file) {
    const module: { up: (knex: Knex) => Promise<void> } = await import(
      pathToFileURL(join(MIGRATIONS_FOLDER, file)).href
    );
    return { up: module.up, down: () => Promise.reject(new Error('migrations only go forward')) };
  },
};
