import { listApiKeys } from '#libs/store';
import type { Command } from '../command.ts';
import { keyJson, keyState } from '../key-view.ts';
import { moment, table } from '../style.ts';

export const keyList: Command = {
  name: 'key list',
  summary: 'List the API keys, never their secrets',
  details: 'Keys given in PARTNER_API_KEYS are not in the database and so not in this list.',
  options: [{ flags: '--user <id>', description: 'only those of one wallet user' }],
  examples: ['key list', 'key list --user 1 --json'],
  async run(ctx, input) {
    const userId = input.optionalId('user');
    const keys = (await listApiKeys(ctx.db)).filter((key) => userId === null || key.userId === userId);
    return {
      json: { ok: true, keys: keys.map(keyJson) },
      text: (style) =>
        keys.length === 0
          ? 'There is no API key yet. Create one: smsx key create --user 1 --name production'
          : table(
              style,
              [
                { title: 'ID' },
                { title: 'NAME' },
                { title: 'USER', align: 'right' },
                {
                  title: 'STATE',
                  paint: (state) => (state.startsWith('live') ? style.good(state) : style.bad(state)),
                },
                { title: 'SCOPES' },
                { title: 'EXPIRES' },
                { title: 'LAST USED' },
                { title: 'ADDRESSES' },
              ],
              keys.map((key) => [
                key.id,
                key.name,
                key.userId === null ? '–' : String(key.userId),
                keyState(key),
                key.scopes.join(','),
                key.expiresAt ? moment(key.expiresAt) : 'never',
                moment(key.lastUsedAt),
                key.allowedCidrs.join(', ') || 'all',
              ]),
            ),
    };
  },
};
