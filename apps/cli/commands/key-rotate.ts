import { createApiKey, SCOPES } from '#libs/services';
import { endApiKey } from '#libs/store';
import { usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { Input } from '../input.ts';
import { keyFacts, keyJson } from '../key-view.ts';
import { liveKey } from '../live-key.ts';
import { facts, moment } from '../style.ts';

export const keyRotate: Command = {
  name: 'key rotate',
  summary: 'Replace an API key by a new one, both living for a while',
  details:
    'The new key has the user, name, scopes, addresses, rate limit and expiry of the old one. Its secret is printed once. The old key ends after the overlap.',
  argument: { name: '[id]', description: 'id of the old key, or the whole key' },
  options: [
    { flags: '--id <id>', description: 'the same as the argument' },
    { flags: '--overlap <duration>', description: 'how long both work', fallback: '24h' },
    { flags: '--overlap-hours <number>', description: 'the same in whole hours; 0 ends the old one now' },
  ],
  examples: [
    'key rotate 0a1b2c3d4e5f',
    'key rotate 0a1b2c3d4e5f --overlap-hours 48',
    'key rotate 0a1b2c3d4e5f --overlap 7d --json',
  ],
  async run(ctx, input) {
    const overlapSeconds = overlapOf(input);
    const old = await liveKey(ctx, input);
    const { row, secret } = await createApiKey({
      ctx,
      input: {
        userId: old.userId,
        name: old.name,
        scopes: SCOPES.filter((scope) => old.scopes.includes(scope)),
        allowedCidrs: old.allowedCidrs,
        expiresAt: old.expiresAt,
        rateLimitPerSecond: old.rateLimitPerSecond,
      },
    });
    const endsAt = new Date(
      Math.min(Date.now() + overlapSeconds * 1_000, old.expiresAt?.getTime() ?? Infinity),
    );
    await endApiKey(ctx.db, old.id, endsAt);
    await ctx.audit(ctx.db, 'key.rotated', old.id, { new_key: row.id, ends_at: endsAt });
    return {
      json: { ok: true, ...keyJson(row), secret, replaces: old.id, old_key_ends_at: endsAt },
      text: (style) =>
        [
          facts(style, [...keyFacts(row), ['replaces', `${old.id}, which ends ${moment(endsAt)}`]]),
          '',
          style.bold(secret),
          style.dim('This is the only time it is shown: store it now.'),
        ].join('\n'),
    };
  },
};

const MOST_HOURS = 99_999;

function overlapOf(input: Input): number {
  const hours = input.optionalInteger('overlapHours', 0, MOST_HOURS);
  if (hours === null) return input.duration('overlap', '24h');
  if (input.optional('overlap') === null) return hours * 3_600;
  throw usageError('invalid_overlap', 'Give --overlap or --overlap-hours, not both.');
}
