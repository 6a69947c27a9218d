import type { KeyMode } from '#libs/services';
import type { ApiKeyRow } from '#libs/store';
import { moment } from './style.ts';

/** A key as programs see it, without anything secret. */
export function keyJson(row: ApiKeyRow): Record<string, unknown> {
  return {
    id: row.id,
    user_id: row.userId,
    name: row.name,
    mode: keyMode(row),
    last_four: row.lastFour,
    scopes: row.scopes,
    allowed_cidrs: row.allowedCidrs,
    rate_limit_per_second: row.rateLimitPerSecond,
    state: keyState(row),
    created_at: row.createdAt,
    expires_at: row.expiresAt,
    revoked_at: row.revokedAt,
    last_used_at: row.lastUsedAt,
  };
}

export function keyFacts(row: ApiKeyRow): [name: string, value: string][] {
  return [
    ['key', `${row.id}, ending in ${keyEnd(row)}`],
    ['name', row.name],
    ['user', row.userId === null ? '–' : String(row.userId)],
    ['mode', keyMode(row)],
    ['scopes', row.scopes.join(', ')],
    ['addresses', row.allowedCidrs.join(', ') || 'all'],
    ['rate limit', keyLimit(row)],
    ['expires', row.expiresAt ? moment(row.expiresAt) : 'never'],
  ];
}

export function keyMode(row: ApiKeyRow): KeyMode {
  return row.test ? 'test' : 'live';
}

/** The last four characters of its text. */
export function keyEnd(row: ApiKeyRow): string {
  return row.lastFour === null ? '–' : `…${row.lastFour}`;
}

export function keyLimit(row: ApiKeyRow): string {
  return row.rateLimitPerSecond === 0 ? 'default' : `${row.rateLimitPerSecond}/s`;
}

export function keyState(row: ApiKeyRow): 'live' | 'revoked' | 'expired' {
  if (row.revokedAt) return 'revoked';
  return row.expiresAt && row.expiresAt.getTime() <= Date.now() ? 'expired' : 'live';
}
