import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Queryable } from '#libs/platform';
import { type ApiKeyRow, findUser, insertApiKey } from '#libs/store';
import type { ServiceContext } from './context.ts';
import type { KeyMode, Scope } from './partner.ts';

/**
 * `smsx_live_<id>_<secret><crc>`, or `smsx_test_…`: recognisable by secret scanners; the checksum refuses typos without a look-up.
 * id: 12 hexadecimal digits, secret: 64, crc: CRC-32 of everything before it, 8.
 */
const FORMAT = /^(smsx_(live|test)_([0-9a-f]{12})_([0-9a-f]{64}))([0-9a-f]{8})$/;

export interface KeyParts {
  id: string;
  secret: string;
}

export interface ParsedKey extends KeyParts {
  mode: KeyMode;
}

/** Null for anything that is not a key of ours, or has a typo. */
export function parseApiKey(text: string): ParsedKey | null {
  const [, body, mode, id, secret, checksum] = FORMAT.exec(text) ?? [];
  if (!body || !id || !secret || checksum !== checksumOf(body)) return null;
  return { id, secret, mode: mode === 'test' ? 'test' : 'live' };
}

/** The mode is in it: a key that is written as one of the other mode is no key. */

export function hashSecret(ctx: Pick<ServiceContext, 'vault'>, key: ParsedKey): Buffer {
  return ctx.vault.sign(key.mode === 'test' ? 'test api key' : 'api key', `${key.id}:${key.secret}`);
}

/** Creates a key, a test key where its user is a test user. `secret` is the whole text; it is returned once, never stored. */
export async function createApiKey({
  ctx,
  input,
}: {
  ctx: { db: Queryable; vault: ServiceContext['vault'] };
  input: {
    userId: number | null;
    name: string;
    scopes: readonly Scope[];
    allowedCidrs?: string[];
    expiresAt?: Date | null;
    /** 0 or absent: as for every key. */
    rateLimitPerSecond?: number;
    /** Where the caller must be able to name the key again; otherwise a random one. */
    key?: KeyParts;
  };
}): Promise<{ row: ApiKeyRow; secret: string }> {
  const user = input.userId === null ? null : await findUser(ctx.db, input.userId);
  const parts = input.key ?? { id: randomBytes(6).toString('hex'), secret: randomBytes(32).toString('hex') };
  const key: ParsedKey = { ...parts, mode: user?.testOf ? 'test' : 'live' };
  const secret = formatApiKey(key);
  const row = await insertApiKey(ctx.db, {
    id: key.id,
    userId: input.userId,
    name: input.name,
    lastFour: secret.slice(-4),
    secretHash: hashSecret(ctx, key),
    scopes: [...input.scopes],
    allowedCidrs: input.allowedCidrs ?? [],
    rateLimitPerSecond: input.rateLimitPerSecond ?? 0,
    expiresAt: input.expiresAt ?? null,
  });
  return { row, secret };
}

/** The key's whole text. */
export function formatApiKey({ id, secret, mode }: ParsedKey): string {
  const body = `smsx_${mode}_${id}_${secret}`;
  return body + checksumOf(body);
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
