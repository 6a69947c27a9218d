import { listApiKeys } from '#libs/store';
import type { Command } from '../command.ts';
import { keyEnd, keyJson, keyLimit, keyMode, keyState } from '../key-view.ts';
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
                { title: 'ENDS' },
                { title: 'NAME' },
                { title: 'USER', align: 'right' },
                {
                  title: 'STATE',
                  paint: (state) => (state.startsWith('live') ? style.good(state) : style.bad(state)),
                },
                { title: 'MODE', paint: (mode) => (mode === 'test' ? style.dim(mode) : mode) },
                { title: 'SCOPES' },
                { title: 'EXPIRES' },
                { title: 'LAST USED' },
                { title: 'LIMIT' },
                { title: 'ADDRESSES' },
              ],
              keys.map((key) => [
                key.id,
                keyEnd(key),
                key.name,
                key.userId === null ? '–' : String(key.userId),
                keyState(key),
                keyMode(key),
                key.scopes.join(','),
                key.expiresAt ? moment(key.expiresAt) : 'never',
                moment(key.lastUsedAt),
                keyLimit(key),
                key.allowedCidrs.join(', ') || 'all',
              ]),
            ),
    };
  },
};
