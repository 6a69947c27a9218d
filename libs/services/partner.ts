import { PublicError } from '#libs/domain';
import type { User } from '#libs/store';

export const SCOPES = ['send', 'rent', 'read', 'wallet', 'webhooks'] as const;
export type Scope = (typeof SCOPES)[number];

/** `test`: play money and scripted providers, apart from everything live. */
export type KeyMode = 'live' | 'test';

/** Who is calling, as far as services care. */
export interface Partner {
  /** Id of the API key, or `env:<name>`. */
  keyId: string;
  /** The wallet user the key acts for; null when none is configured. */
  userId: number | null;
  /** Owner of messages and of idempotency keys: the wallet user where there is one, else the key. */
  owner: string;
  scopes: ReadonlySet<Scope>;
  mode: KeyMode;
  /** Requests a second; 0: as for every key. */
  rateLimitPerSecond: number;
}

export function requireScope(partner: Partner, scope: Scope): void {
  if (partner.scopes.has(scope)) return;
  throw new PublicError('insufficient_scope', { message: `This API key lacks the scope "${scope}".` });
}

/** The wallet user that rents and pays, or `partner_user_not_configured`. */
export function requireUser(partner: Partner): number {
  if (partner.userId !== null) return partner.userId;
  throw new PublicError('partner_user_not_configured');
}

/** Play money buys nothing real, and real money no script: a key configured for the other kind of user rents nothing. */
export function requireMode(partner: Partner, user: Pick<User, 'testOf'> | null): void {
  if (user && (user.testOf !== null) === (partner.mode === 'test')) return;
  const problem = user ? 'is a test user, and this key is none of test mode' : 'does not exist';
  throw new PublicError('partner_user_not_configured', {
    message: `The configured wallet user ${partner.userId} ${problem}; the operator must ${user ? 'correct' : 'create'} it.`,
  });
}
