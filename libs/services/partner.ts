import { PublicError } from '#libs/domain';

export const SCOPES = ['send', 'rent', 'read', 'wallet'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling, as far as services care. */
export interface Partner {
  /** Id of the API key, or `env:<name>`. */
  keyId: string;
  /** The wallet user the key acts for; null when none is configured. */
  userId: number | null;
  /** Owner of messages and of idempotency keys: the wallet user where there is one, else the key. */
  owner: string;
  scopes: ReadonlySet<Scope>;
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
