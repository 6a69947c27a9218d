import { listProviders } from '#libs/store';
import type { Command } from '../command.ts';
import { callbackOf, providerJson } from '../provider-view.ts';
import { table } from '../style.ts';

export const providerList: Command = {
  name: 'provider list',
  summary: 'List the provider rows with their secret callback URLs',
  details:
    'A callback URL is a secret: whoever knows it can make the system ask the provider for news. Without PUBLIC_BASE_URL only its path is known.',
  examples: ['provider list', 'provider list --json'],
  async run(ctx) {
    const rows = await listProviders(ctx.db);
    const { publicBaseUrl } = ctx.config;
    return {
      json: { ok: true, providers: rows.map((row) => providerJson(row, publicBaseUrl)) },
      text: (style) =>
        rows.length === 0
          ? 'There is no provider row yet. Add one: smsx provider add --help'
          : [
              table(
                style,
                [
                  { title: 'ID', align: 'right' },
                  { title: 'KIND' },
                  { title: 'NAME' },
                  { title: 'STATE' },
                  { title: 'PER SECOND', align: 'right' },
                  { title: 'API' },
                  { title: 'CALLBACK URL (SECRET)' },
                ],
                rows.map((row) => [
                  String(row.id),
                  row.kind,
                  row.name,
                  row.disabledAt ? 'disabled' : 'enabled',
                  row.requestsPerSecond === 0 ? 'no limit' : String(row.requestsPerSecond),
                  row.apiUrl,
                  callbackOf(row, publicBaseUrl),
                ]),
              ),
              ...(publicBaseUrl === null
                ? ['', style.dim('Set PUBLIC_BASE_URL to see whole callback URLs.')]
                : []),
            ].join('\n'),
    };
  },
};
