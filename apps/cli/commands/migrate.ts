import { migrate as runMigrations } from '#libs/store';
import type { Command } from '../command.ts';

export const migrate: Command = {
  name: 'migrate',
  summary: 'Bring the database to this version',
  details:
    'Run it before the first start and after every update, before the apps start. Safe to run twice at once: the second waits, then finds nothing to do. Migrations only go forward.',
  examples: ['migrate', 'migrate --json'],
  async run(ctx) {
    // Told apart here from a failing migration, and with an end to the waiting.
    await ctx.db.query('SELECT 1');
    const applied = await runMigrations(ctx.config.databaseUrl);
    return {
      json: { ok: true, applied },
      text: (style) =>
        applied.length === 0
          ? 'The database is up to date.'
          : [...applied.map((name) => `${style.good('✓')} ${name}`), `${applied.length} applied.`].join('\n'),
    };
  },
};
