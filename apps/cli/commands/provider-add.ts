import { providerUrlProblem } from '#libs/platform';
import { addProvider } from '#libs/services';
import { usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { Input } from '../input.ts';
import { callbackOf, providerJson } from '../provider-view.ts';
import { readSecret } from '../secret.ts';
import { facts } from '../style.ts';

const KINDS = ['smsbower'];

export const providerAdd: Command = {
  name: 'provider add',
  summary: 'Add an account at a provider of rented numbers',
  details:
    'The API key is read from a file or from standard input and stored encrypted with ENCRYPTION_KEY. Give the callback URL that is printed to the provider, so that codes arrive sooner.',
  options: [
    { flags: '--name <text>', description: 'what you call this account', required: true },
    { flags: '--url <url>', description: 'its API, ending in /stubs/handler_api.php', required: true },
    {
      flags: '--api-key-file <path>',
      description: 'file with the key; - is standard input',
      fallback: 'standard input',
    },
    { flags: '--api-key <key>', description: 'the key itself; it then stands in your shell’s history' },
    { flags: '--kind <kind>', description: `one of: ${KINDS.join(', ')}`, fallback: 'smsbower' },
    {
      flags: '--requests-per-second <number>',
      description: 'what the account may ask; 0 is no limit',
      fallback: '0',
    },
  ],
  examples: [
    'provider add --name SMSBower --url https://smsbower.page/stubs/handler_api.php --api-key-file key.txt',
    'provider add --name Second --url https://smsbower.page/stubs/handler_api.php --requests-per-second 20 < key.txt',
  ],
  async run(ctx, input) {
    const name = input.text('name');
    const apiUrl = urlOf(input);
    const kind = input.optional('kind') ?? 'smsbower';
    if (!KINDS.includes(kind))
      throw usageError('invalid_kind', `--kind "${kind}" is not one of: ${KINDS.join(', ')}.`);
    const requestsPerSecond = input.optionalInteger('requestsPerSecond', 0, 10_000) ?? 0;
    const given = input.optional('apiKey');
    const apiKey = given ?? (await readSecret('API key', input.optional('apiKeyFile')));
    const row = await addProvider({ ctx, input: { kind, name, apiUrl, apiKey, requestsPerSecond } });
    await ctx.audit(ctx.db, 'provider.added', row.id, { kind, name });
    return {
      json: { ok: true, ...providerJson(row, ctx.config.publicBaseUrl) },
      text: (style) =>
        [
          `${style.good('✓')} Added ${kind} row ${row.id}, ${name}. Partners choose it with "api_id":${row.id}.`,
          facts(style, [['callback', callbackOf(row, ctx.config.publicBaseUrl)]]),
          style.dim('Next: smsx doctor, which asks it for its balance'),
        ].join('\n'),
    };
  },
};

function urlOf(input: Input): string {
  const url = input.text('url');
  const problem = providerUrlProblem(url);
  if (problem) throw usageError('invalid_url', `--url ${problem}.`);
  if (!/[?#]/.test(url) && new URL(url).username === '') return url;
  throw usageError('invalid_url', '--url must have no query and no credentials; the key is given apart.');
}
