import { endApiKey } from '#libs/store';
import type { Command } from '../command.ts';
import { liveKey } from '../live-key.ts';

export const keyRevoke: Command = {
  name: 'key revoke',
  summary: 'End an API key now',
  details: 'It is refused everywhere within a second and cannot be brought back. Rows made with it stay.',
  argument: { name: '[id]', description: 'id of the key, or the whole key' },
  options: [{ flags: '--id <id>', description: 'the same as the argument' }],
  examples: ['key revoke 0a1b2c3d4e5f', 'key revoke 0a1b2c3d4e5f --json'],
  async run(ctx, input) {
    const key = await liveKey(ctx, input);
    await endApiKey(ctx.db, key.id, null);
    await ctx.audit(ctx.db, 'key.revoked', key.id);
    return {
      json: { ok: true, id: key.id, revoked: true },
      text: (style) => `${style.good('✓')} Revoked ${key.id}, ${key.name}.`,
    };
  },
};
