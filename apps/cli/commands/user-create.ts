import { createUser, findUser, listUsers, type User } from '#libs/store';
import { CliError } from '../cli-error.ts';
import type { Command, Result } from '../command.ts';
import type { CliContext } from '../context.ts';

export const userCreate: Command = {
  name: 'user create',
  summary: 'Create a wallet user with an empty wallet',
  details:
    'With --if-absent a user that exists already is success and stays as it is; it is recognised by --id, or by its name when no id is given.',
  options: [
    { flags: '--name <text>', description: 'whose wallet it is', required: true },
    { flags: '--id <number>', description: 'a number of your choice', fallback: 'the next free one' },
    { flags: '--if-absent', description: 'do nothing when the user exists' },
  ],
  examples: [
    'user create --name "Example Ltd"',
    'user create --name "Main wallet" --id 1 --if-absent --json',
  ],
  async run(ctx, input) {
    const wanted = { id: input.optionalId('id'), name: input.text('name') };
    const known = input.flag('ifAbsent') ? await findExisting(ctx, wanted) : null;
    if (known) return resultOf(known, false);
    const created = await createUser(ctx.db, wanted);
    if (created) {
      await ctx.audit(ctx.db, 'user.created', created.id, { name: created.name });
      return resultOf(created, true);
    }
    // Somebody else was faster.
    const winner = input.flag('ifAbsent') && wanted.id !== null ? await findUser(ctx.db, wanted.id) : null;
    if (winner) return resultOf(winner, false);
    throw new CliError('id_taken', `The id ${wanted.id} belongs to another user.`, {
      hint: 'Leave --id out to get the next free one, or add --if-absent to accept the existing user.',
    });
  },
};

async function findExisting(
  ctx: CliContext,
  wanted: { id: number | null; name: string },
): Promise<User | null> {
  if (wanted.id !== null) return findUser(ctx.db, wanted.id);
  return (await listUsers(ctx.db)).find((user) => user.name === wanted.name) ?? null;
}

function resultOf(user: User, created: boolean): Result {
  const { id, name, createdAt } = user;
  return {
    json: { ok: true, id, name, created, created_at: createdAt },
    text: (style) =>
      [
        created ? `${style.good('✓')} Created user ${id}, ${name}.` : `User ${id}, ${name}, exists already.`,
        style.dim(`Next: smsx key create --user ${id} --name production`),
      ].join('\n'),
  };
}
