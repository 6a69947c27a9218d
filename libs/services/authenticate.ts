import ipaddr from 'ipaddr.js';
import { equalInConstantTime } from '#libs/platform';
import { type ApiKeyRow, findApiKey, hasUsableApiKey, touchApiKey } from '#libs/store';
import { hashSecret, parseApiKey } from './api-key.ts';
import type { ServiceContext } from './context.ts';
import { type Partner, SCOPES, type Scope } from './partner.ts';

type AuthContext = Pick<ServiceContext, 'db' | 'vault' | 'config' | 'log'>;

export interface Authenticator {
  /** The partner behind a key, or null for every reason alike. `address` is the caller's. */
  authenticate(presented: string, address: string): Promise<Partner | null>;
  /** Whether the server has any key that could work. */
  hasKeys(): Promise<boolean>;
}

/** A revoked key is refused everywhere within this time. */
const CACHE_MS = 1_000;
const CACHE_ENTRIES = 10_000;
const TOUCH_EVERY_MS = 60_000;

interface CachedKey {
  row: ApiKeyRow | null;
  readAt: number;
  touchedAt: number;
}

/** Keys from the environment act for PARTNER_VIRTUAL_USER_ID; those of the database for their user, else for it too. */
export function createAuthenticator(ctx: AuthContext): Authenticator {
  const environmentKeys = ctx.config.partnerApiKeys.map(({ name, secret }) => ({
    partner: partnerOf(ctx, { keyId: `env:${name}`, userId: null, scopes: SCOPES }),
    digest: ctx.vault.sign('presented key', secret),
  }));
  const lookUp = createLookUp(ctx);
  let keysSeenAt = Number.NEGATIVE_INFINITY;

  return {
    async authenticate(presented, address) {
      const digest = ctx.vault.sign('presented key', presented);
      // Every key is compared, found or not, so that time tells nothing.
      const matches = environmentKeys.filter((key) => equalInConstantTime(key.digest, digest));
      if (matches[0]) return matches[0].partner;
      const key = parseApiKey(presented);
      if (!key) return null;
      const cached = await lookUp(key.id);
      const expected = cached.row?.secretHash ?? Buffer.alloc(32);
      if (!equalInConstantTime(expected, hashSecret(ctx, key)) || !cached.row) return null;
      if (!isUsable(cached.row, address, cached.readAt)) return null;
      touch(ctx, cached, cached.row.id);
      return partnerOf(ctx, {
        keyId: cached.row.id,
        userId: cached.row.userId,
        scopes: SCOPES.filter((scope) => cached.row?.scopes.includes(scope)),
      });
    },
    async hasKeys() {
      if (environmentKeys.length > 0 || performance.now() - keysSeenAt < CACHE_MS) return true;
      const usable = await hasUsableApiKey(ctx.db);
      if (usable) keysSeenAt = performance.now();
      return usable;
    },
  };
}

function partnerOf(
  ctx: AuthContext,
  key: { keyId: string; userId: number | null; scopes: readonly Scope[] },
): Partner {
  const userId = key.userId ?? ctx.config.partnerUserId;
  return {
    keyId: key.keyId,
    userId,
    owner: userId === null ? `k:${key.keyId}` : `u:${userId}`,
    scopes: new Set(key.scopes),
  };
}

/** Requests that come at once share one query: thousands that reconnect would otherwise wait for connections. */
function createLookUp(ctx: AuthContext): (id: string) => Promise<CachedKey> {
  const cache = new Map<string, CachedKey>();
  const underWay = new Map<string, Promise<CachedKey>>();
  const read = async (id: string, readAt: number): Promise<CachedKey> => {
    const row = await findApiKey(ctx.db, id);
    const fresh = { row, readAt, touchedAt: cache.get(id)?.touchedAt ?? Number.NEGATIVE_INFINITY };
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(id, fresh);
    return fresh;
  };
  return async (id) => {
    const now = performance.now();
    const known = cache.get(id);
    if (known && now - known.readAt < CACHE_MS) return known;
    const reading = underWay.get(id) ?? read(id, now).finally(() => underWay.delete(id));
    underWay.set(id, reading);
    return reading;
  };
}

/** Its end is told by the database's clock: this process's own may be minutes off. */
function isUsable(row: ApiKeyRow, address: string, readAt: number): boolean {
  if (row.revokedAt !== null) return false;
  if (row.secondsLeft !== null && row.secondsLeft * 1_000 <= performance.now() - readAt) return false;
  return row.allowedCidrs.length === 0 || row.allowedCidrs.some((range) => isWithin(address, range));
}

function isWithin(address: string, range: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const [network, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : [ipaddr.process(range), null];
  const caller = ipaddr.process(address);
  if (caller.kind() !== network.kind()) return false;
  return caller.match(network, bits ?? (network.kind() === 'ipv4' ? 32 : 128));
}

/** Last use, told about once a minute; nobody waits for it. */
function touch(ctx: AuthContext, cached: CachedKey, id: string): void {
  const now = performance.now();
  if (now - cached.touchedAt < TOUCH_EVERY_MS) return;
  cached.touchedAt = now;
  touchApiKey(ctx.db, id).catch((err) => ctx.log.debug({ event: 'key.touch_failed', err }));
}
