import { createOperator, type OperatorRole, operatorNameProblem, passwordProblem } from '#libs/services';
import { usageError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { Input } from '../input.ts';
import { readSecret } from '../secret.ts';
import { facts } from '../style.ts';

export const operatorCreate: Command = {
  name: 'operator create',
  summary: 'Create an operator of the console, or replace a password',
  details:
    'Without --password-file or --prompt a password is generated and printed once. For a name that exists, password and role are replaced and all its sessions end. A viewer sees everything; an admin may also retry, promote and remove jobs.',
  options: [
    { flags: '--name <text>', description: 'what the operator signs in with', required: true },
    { flags: '--role <role>', description: 'viewer or admin', fallback: 'viewer' },
    { flags: '--password-file <path>', description: 'file with the password; - is standard input' },
    { flags: '--prompt', description: 'ask for the password' },
  ],
  examples: [
    'operator create --name alice --role admin',
    'operator create --name bob --password-file - < password.txt',
  ],
  async run(ctx, input) {
    const name = input.text('name');
    const role = roleOf(input);
    const nameProblem = operatorNameProblem(name);
    if (nameProblem) throw usageError('invalid_name', `--name "${name}" cannot be used: ${nameProblem}.`);
    const password = await passwordOf(input);
    const chosen = password === null ? {} : { password };
    const created = await createOperator({ ctx, input: { name, role, actor: ctx.actor, ...chosen } });
    return {
      json: { ok: true, name, role, replaced: created.replaced, password: created.password },
      text: (style) => {
        const done = `${style.good('✓')} ${created.replaced ? 'Replaced' : 'Created'} operator ${name}, ${role}.`;
        if (created.password === null) return done;
        const once = style.dim('This is the only time it is shown: store it now.');
        return [done, facts(style, [['password', created.password]]), once].join('\n');
      },
    };
  },
};

function roleOf(input: Input): OperatorRole {
  const role = input.optional('role') ?? 'viewer';
  if (role === 'viewer' || role === 'admin') return role;
  throw usageError('invalid_role', `--role "${role}" is neither viewer nor admin.`);
}

async function passwordOf(input: Input): Promise<string | null> {
  const path = input.optional('passwordFile');
  if (path === null && !input.flag('prompt')) return null;
  const password = await readSecret('password', path);
  const problem = passwordProblem(password);
  if (problem) throw usageError('invalid_password', `The password cannot be used: ${problem}.`);
  return password;
}
