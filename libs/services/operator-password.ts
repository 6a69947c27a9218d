import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';
import { deleteSessionsOf, findOperator, type Operator, upsertOperator, writeAudit } from '#libs/store';
import type { ServiceContext } from './context.ts';

export type OperatorRole = Operator['role'];

const LEAST_PASSWORD_LENGTH = 12;
/** Longer ones only cost time to hash. */
const MOST_PASSWORD_LENGTH = 256;

export interface CreatedOperator {
  name: string;
  role: OperatorRole;
  /** Only where it was generated; shown once and never stored. */
  password: string | null;
  /** An operator of this name existed: the password is new and all its sessions have ended. */
  replaced: boolean;
}

/**
 * Creates an operator of the console, or gives an existing one a new password and role. Without `password` one is
 * generated. Throws a plain Error on a name or password that `operatorNameProblem` or `passwordProblem` refuses.
 */
export async function createOperator({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { name: string; role: OperatorRole; password?: string; actor: string };
}): Promise<CreatedOperator> {
  const password = input.password ?? generatePassword();
  const problem = operatorNameProblem(input.name) ?? passwordProblem(password);
  if (problem) throw new Error(problem);
  const passwordHash = await hashPassword(password);
  const { name, role } = input;
  const replaced = await ctx.db.transaction(async (tx) => {
    const known = await findOperator(tx, name);
    await upsertOperator(tx, { name, role, passwordHash });
    await deleteSessionsOf(tx, name);
    const action = known ? 'operator.replaced' : 'operator.created';
    await writeAudit(tx, { actor: input.actor, action, subject: name, details: { role } });
    return known !== null;
  });
  return { name, role, password: input.password === undefined ? password : null, replaced };
}

/** Null when the name can be used. */
export function operatorNameProblem(name: string): string | null {
  return /^[A-Za-z0-9._@-]{1,64}$/.test(name)
    ? null
    : 'an operator name is 1 to 64 letters, digits, dots, dashes, underscores or @';
}

/** Null when the password can be used. */
export function passwordProblem(password: string): string | null {
  if (password.length < LEAST_PASSWORD_LENGTH)
    return `a password needs at least ${LEAST_PASSWORD_LENGTH} characters`;
  return password.length > MOST_PASSWORD_LENGTH
    ? `a password may have at most ${MOST_PASSWORD_LENGTH} characters`
    : null;
}

/** argon2id in PHC form; 19 MiB and 3 passes, above the least that OWASP's password storage sheet asks for. */
export function hashPassword(password: string): Promise<string> {
  return argon2id({
    password,
    salt: randomBytes(16),
    parallelism: 1,
    iterations: 3,
    memorySize: 19_456,
    hashLength: 32,
    outputType: 'encoded',
  });
}

let hashOfNobody: Promise<string> | undefined;

/** Takes as long for an operator that does not exist (`null`) as for a wrong password. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  hashOfNobody ??= hashPassword(randomBytes(16).toString('hex'));
  const hash = passwordHash ?? (await hashOfNobody);
  if (password === '' || password.length > MOST_PASSWORD_LENGTH) return false;
  const matches = await argon2Verify({ password, hash });
  return matches && passwordHash !== null;
}

/** 24 characters of 32, in four groups: 120 bits. */
function generatePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const letters = [...randomBytes(24)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return letters.match(/.{6}/g)?.join('-') ?? letters;
}
