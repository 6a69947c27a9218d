import { type SyncResult, syncMirror } from '#libs/services';
import { listProviders, type ProviderRow } from '#libs/store';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { CliContext } from '../context.ts';
import { table } from '../style.ts';

const WAIT_MS = 15_000;
const MAX_AGE_SECONDS = 60;

export const catalogueSync: Command = {
  name: 'catalogue sync',
  summary: 'Fetch countries and services of every provider now',
  details:
    'The background does this every half hour by itself; run it after adding a provider. A worker or poller asks the provider, so one must be running. What is younger than a minute is not fetched again.',
  examples: ['catalogue sync', 'catalogue sync --json'],
  async run(ctx) {
    const providers = (await listProviders(ctx.db)).filter((provider) => provider.disabledAt === null);
    if (providers.length === 0)
      throw new CliError('no_provider', 'There is no enabled provider row, so there is no catalogue.', {
        hint: 'Add one: smsx provider add --help',
      });
    const lines = await Promise.all(providers.map((provider) => syncOne(ctx, provider)));
    if (lines.every(({ error }) => error === 'no_answer'))
      throw new CliError('no_worker', `Nobody fetched the catalogue within ${WAIT_MS / 1_000} s.`, {
        hint: 'Start a worker and a poller: only they speak to providers. Then run this again.',
      });
    const ok = lines.every(({ error }) => error === null);
    if (ok) await ctx.audit(ctx.db, 'catalogue.synced', 'all', { providers: providers.map(({ id }) => id) });
    return {
      json: { ok, providers: lines },
      text: (style) =>
        table(
          style,
          [
            { title: 'ID', align: 'right' },
            { title: 'NAME' },
            { title: 'COUNTRIES', align: 'right' },
            { title: 'SERVICES', align: 'right' },
            { title: 'PROBLEM', paint: style.bad },
          ],
          lines.map((line) => [
            String(line.id),
            line.name,
            String(line.countries ?? '–'),
            String(line.services ?? '–'),
            line.error ?? '',
          ]),
        ),
      exitCode: ok ? 0 : 1,
    };
  },
};

async function syncOne(ctx: CliContext, { id, name }: ProviderRow) {
  const waiting = await ctx.waiting();
  const fetchKind = (kind: 'countries' | 'services') =>
    syncMirror({
      ctx: waiting,
      input: { key: { providerId: id, kind, scope: '' }, maxAgeSeconds: MAX_AGE_SECONDS, timeoutMs: WAIT_MS },
    });
  const [countries, services] = await Promise.all([fetchKind('countries'), fetchKind('services')]);
  const error = problemOf(countries) ?? problemOf(services);
  return { id, name, countries: countOf(countries), services: countOf(services), error };
}

function problemOf(result: SyncResult): string | null {
  if (result.kind === 'fresh') return null;
  return result.kind === 'failed' ? result.failure : 'no_answer';
}

function countOf(result: SyncResult): number | null {
  if (result.kind !== 'fresh' || typeof result.payload !== 'object' || result.payload === null) return null;
  const value = 'value' in result.payload ? result.payload.value : null;
  return Array.isArray(value) ? value.length : null;
}
