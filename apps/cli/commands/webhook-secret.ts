import { webhookSecret as secretOf } from '#libs/services';
import { findUser } from '#libs/store';
import { CliError, unknownUser, usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { Input } from '../input.ts';
import { facts } from '../style.ts';

export const webhookSecret: Command = {
  name: 'webhook secret',
  summary: 'Show the secret that signs a partner’s webhooks',
  details:
    'Give it to the partner, who verifies each webhook with it (Standard Webhooks). It follows from ENCRYPTION_KEY: the same at every call, another once that key is changed.',
  options: [
    { flags: '--user <id>', description: 'wallet user of the partner' },
    {
      flags: '--key <name>',
      description: 'in its place: a key of PARTNER_API_KEYS that acts for no wallet user',
    },
  ],
  examples: ['webhook secret --user 1', 'webhook secret --user 1 --json'],
  async run(ctx, input) {
    const owner = await ownerOf(ctx, input);
    const secret = secretOf(ctx, owner);
    return {
      json: { ok: true, owner, secret },
      text: (style) => [facts(style, [['owner', owner]]), '', style.bold(secret)].join('\n'),
    };
  },
};

async function ownerOf(ctx: CliContext, input: Input): Promise<string> {
  const name = input.optional('key');
  if ((name === null) === (input.optional('user') === null)) {
    throw usageError('missing_owner', 'Whose secret? Give either --user or --key.');
  }
  if (name !== null) return ownerOfKey(ctx, name);
  const userId = input.id('user');
  if (!(await findUser(ctx.db, userId))) throw unknownUser(userId);
  return `u:${userId}`;
}

function ownerOfKey({ config }: CliContext, name: string): string {
  const { partnerUserId } = config;
  if (partnerUserId !== null) {
    throw usageError(
      'key_has_user',
      `The keys of PARTNER_API_KEYS act for wallet user ${partnerUserId}.`,
      `Ask for that user: smsx webhook secret --user ${partnerUserId}`,
    );
  }
  if (config.partnerApiKeys.some((key) => key.name === name)) return `k:env:${name}`;
  throw new CliError('unknown_key', `There is no key "${name}" in PARTNER_API_KEYS.`, {
    hint: 'Set PARTNER_API_KEYS to what the gateway has.',
  });
}
