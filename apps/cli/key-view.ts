import type { ApiKeyRow } from '#libs/store';
import { moment } from './style.ts';

/** A key as programs see it, without anything secret. */
export function keyJson(row: ApiKeyRow): Record<string, unknown> {
  return {
    id: row.id,
    user_id: row.userId,
    name: row.name,
    scopes: row.scopes,
    allowed_cidrs: row.allowedCidrs,
    state: keyState(row),
    created_at: row.createdAt,
    expires_at: row.expiresAt,
    revoked_at: row.revokedAt,
    last_used_at: row.lastUsedAt,
  };
}

export function keyFacts(row: ApiKeyRow): [name: string, value: string][] {
  return [
    ['key', row.id],
    ['name', row.name],
    ['user', row.userId === null ? '–' : String(row.userId)],
    ['scopes', row.scopes.join(', ')],
    ['addresses', row.allowedCidrs.join(', ') || 'all'],
    ['expires', row.expiresAt ? moment(row.expiresAt) : 'never'],
  ];
}

export function keyState(row: ApiKeyRow): 'live' | 'revoked' | 'expired' {
  if (row.revokedAt) return 'revoked';
  return row.expiresAt && row.expiresAt.getTime() <= Date.now() ? 'expired' : 'live';
}
