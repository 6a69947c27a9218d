import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type ApiKeyRow, insertApiKey } from '#libs/store';
import type { ServiceContext } from './context.ts';
import type { Scope } from './partner.ts';

/**
 * `smsx_live_<id>_<secret><crc>`: recognisable by secret scanners; the checksum refuses typos without a look-up.
 * id: 12 hexadecimal digits, secret: 64, crc: CRC-32 of everything before it, 8.
 */
const FORMAT = /^(smsx_live_([0-9a-f]{12})_([0-9a-f]{64}))([0-9a-f]{8})$/;

export interface ParsedKey {
  id: string;
  secret: string;
}

/** Null for anything that is not a key of ours, or has a typo. */
export function parseApiKey(text: string): ParsedKey | null {
  const [, body, id, secret, checksum] = FORMAT.exec(text) ?? [];
  return body && id && secret && checksum === checksumOf(body) ? { id, secret } : null;
}

export function hashSecret(ctx: Pick<ServiceContext, 'vault'>, key: ParsedKey): Buffer {
  return ctx.vault.sign('api key', `${key.id}:${key.secret}`);
}

/** Creates a key. `secret` is the whole key text; it is returned once and never stored. */
export async function createApiKey({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db' | 'vault'>;
  input: {
    userId: number | null;
    name: string;
    scopes: readonly Scope[];
    allowedCidrs?: string[];
    expiresAt?: Date | null;
    /** Where the caller must be able to name the key again; otherwise a random one. */
    key?: ParsedKey;
  };
}): Promise<{ row: ApiKeyRow; secret: string }> {
  const key = input.key ?? { id: randomBytes(6).toString('hex'), secret: randomBytes(32).toString('hex') };
  const row = await insertApiKey(ctx.db, {
    id: key.id,
    userId: input.userId,
    name: input.name,
    secretHash: hashSecret(ctx, key),
    scopes: [...input.scopes],
    allowedCidrs: input.allowedCidrs ?? [],
    expiresAt: input.expiresAt ?? null,
  });
  return { row, secret: formatApiKey(key) };
}

/** The key's whole text. */
export function formatApiKey({ id, secret }: ParsedKey): string {
  const body = `smsx_live_${id}_${secret}`;
  return body + checksumOf(body);
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
