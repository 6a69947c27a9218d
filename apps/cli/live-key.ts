import { parseApiKey } from '#libs/services';
import { type ApiKeyRow, findApiKey } from '#libs/store';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import type { Input } from './input.ts';
import { keyState } from './key-view.ts';

/** The key a command is about: by its id, or by the whole key, whose id is a part of it. */
export async function liveKey(ctx: CliContext, input: Input): Promise<ApiKeyRow> {
  const given = input.subject();
  const id = parseApiKey(given)?.id ?? given;
  const key = await findApiKey(ctx.db, id);
  if (!key) {
    // What was given may be a mistyped secret: it is not repeated.
    throw new CliError('unknown_key', 'There is no API key with this id.', {
      hint: 'List them: smsx key list',
    });
  }
  const state = keyState(key);
  if (state === 'live') return key;
  throw new CliError('key_ended', `The key ${key.id} is ${state} already.`, {
    hint: `Create a new one: smsx key create --user ${key.userId ?? 1} --name "${key.name}"`,
  });
}
