import { pendingMigrations, readServerFacts } from '#libs/store';
import type { Check } from './check.ts';

const LEAST_VERSION = 140_000;

export const database: Check = {
  name: 'database',
  needsDatabase: false,
  async run({ config, db }) {
    const { version, versionNumber } = await readServerFacts(db);
    const pending = await pendingMigrations(config.databaseUrl);
    return [
      versionNumber >= LEAST_VERSION
        ? { check: 'database', verdict: 'ok', result: `PostgreSQL ${version}` }
        : {
            check: 'database',
            verdict: 'fail',
            result: `PostgreSQL ${version}`,
            hint: 'Version 14 or newer is needed',
          },
      pending.length === 0
        ? { check: 'migrations', verdict: 'ok', result: 'up to date' }
        : { check: 'migrations', verdict: 'fail', result: `${pending.length} pending`, hint: 'smsx migrate' },
    ];
  },
};
