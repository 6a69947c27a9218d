import { createHash, randomBytes } from 'node:crypto';
import {
  deleteSession,
  findOperator,
  findSession,
  insertSession,
  type OperatorSession,
  writeAudit,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { verifyPassword } from './operator-password.ts';

type SessionContext = Pick<ServiceContext, 'db'>;

export const SESSION_LIFETIME_SECONDS = 12 * 3_600;

/** Opens a session. Null for every reason alike; `token` is for the cookie and only its hash is stored. */
export async function signInOperator({
  ctx,
  input,
}: {
  ctx: SessionContext;
  input: { name: string; password: string; address: string };
}): Promise<{ token: string } | null> {
  const operator = await findOperator(ctx.db, input.name);
  const details = { address: input.address };
  if (!(await verifyPassword(operator?.passwordHash ?? null, input.password)) || !operator) {
    // An unknown name is not kept: it may be a password that slipped into the wrong field.
    const subject = operator?.name ?? '(unknown name)';
    await writeAudit(ctx.db, { actor: 'console', action: 'operator.sign_in_failed', subject, details });
    return null;
  }
  const token = randomBytes(32).toString('base64url');
  await insertSession(ctx.db, {
    tokenHash: hashOf(token),
    operator: operator.name,
    csrfToken: randomBytes(32).toString('base64url'),
    lifetimeSeconds: SESSION_LIFETIME_SECONDS,
  });
  const actor = `operator:${operator.name}`;
  await writeAudit(ctx.db, { actor, action: 'operator.signed_in', subject: operator.name, details });
  return { token };
}

/** The session behind a cookie, or null when it ended or never was. */
export async function readOperatorSession({
  ctx,
  input,
}: {
  ctx: SessionContext;
  input: { token: string };
}): Promise<OperatorSession | null> {
  return /^[\w-]{43}$/.test(input.token) ? findSession(ctx.db, hashOf(input.token)) : null;
}

export async function signOutOperator({
  ctx,
  input,
}: {
  ctx: SessionContext;
  input: { token: string; operator: string };
}): Promise<void> {
  await deleteSession(ctx.db, hashOf(input.token));
  const actor = `operator:${input.operator}`;
  await writeAudit(ctx.db, { actor, action: 'operator.signed_out', subject: input.operator });
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
