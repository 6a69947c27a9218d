import { createApiKey, SCOPES, type Scope, testUserOf } from '#libs/services';
import { findUser } from '#libs/store';
import { unknownUser, usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { Input } from '../input.ts';
import { keyFacts, keyJson, keyMode } from '../key-view.ts';
import { facts } from '../style.ts';

/** As for RATE_LIMIT_PER_SECOND. */
const MOST_PER_SECOND = 1_000_000;

export const keyCreate: Command = {
  name: 'key create',
  summary: 'Create an API key and print its secret once',
  details:
    'The secret cannot be shown again: only a keyed hash of it is stored. It is usable at once. With --test it is a test key: it acts for the user’s test twin, a user with a wallet of play money that the first test key makes, and reaches scripted providers only.',
  options: [
    { flags: '--user <id>', description: 'wallet user the key acts for', required: true },
    { flags: '--name <text>', description: 'where the key is used', required: true },
    { flags: '--scopes <list>', description: `of ${SCOPES.join(',')}`, fallback: 'all' },
    {
      flags: '--expires <when>',
      description: '30d, 12h, or a time such as 2030-01-31T09:00:00Z',
      fallback: 'never',
    },
    { flags: '--test', description: 'play money and scripted providers, nothing real' },
    {
      flags: '--rate-limit <number>',
      description: 'requests a second; 0 = as RATE_LIMIT_PER_SECOND says',
      fallback: '0',
    },
    {
      flags: '--cidr <range...>',
      description: 'addresses that may use it; repeat it or use commas',
      fallback: 'all',
    },
  ],
  examples: [
    'key create --user 1 --name production',
    'key create --user 1 --name reporting --scopes read,wallet --expires 30d --cidr 203.0.113.0/24',
    'key create --user 1 --name "trying it out" --test',
    'key create --user 1 --name ci --rate-limit 20 --json',
  ],
  async run(ctx, input) {
    const id = input.id('user');
    const name = input.text('name');
    const scopes = scopesOf(input);
    const expiresAt = input.futureTime('expires');
    const allowedCidrs = input.cidrs('cidr');
    const rateLimitPerSecond = input.optionalInteger('rateLimit', 0, MOST_PER_SECOND) ?? 0;
    const user = await findUser(ctx.db, id);
    if (!user) throw unknownUser(id);
    const { id: userId } = input.flag('test') ? await testUserOf({ ctx, input: { user } }) : user;
    const { row, secret } = await createApiKey({
      ctx,
      input: { userId, name, scopes, expiresAt, allowedCidrs, rateLimitPerSecond },
    });
    await ctx.audit(ctx.db, 'key.created', row.id, { user_id: userId, name, scopes, mode: keyMode(row) });
    return {
      json: { ok: true, ...keyJson(row), secret },
      text: (style) =>
        [
          facts(style, keyFacts(row)),
          '',
          style.bold(secret),
          style.dim('This is the only time it is shown: store it now.'),
        ].join('\n'),
    };
  },
};

function scopesOf(input: Input): Scope[] {
  if (input.optional('scopes') === null) return [...SCOPES];
  const given = input.list('scopes');
  const wrong = given.find((scope) => !SCOPES.some((known) => known === scope));
  if (given.length > 0 && wrong === undefined) return SCOPES.filter((scope) => given.includes(scope));
  throw usageError(
    'invalid_scopes',
    `--scopes "${wrong ?? ''}" is not a scope.`,
    `Scopes are ${SCOPES.join(', ')}.`,
  );
}
