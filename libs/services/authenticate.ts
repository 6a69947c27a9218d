import { hash } from 'node:crypto';
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
  partner: Partner | null;
  readAt: number;
  touchedAt: number;
}

/** What a presented text stands for. Only the text decides it, so it may be kept as long as there is room. */
interface Presented {
  environmentPartner: Partner | null;
  keyId: string | null;
  secretHash: Buffer | null;
}

/** Keys from the environment act for PARTNER_VIRTUAL_USER_ID; those of the database for their user, else for it too. */
export function createAuthenticator(ctx: AuthContext): Authenticator {
  const read = createReader(ctx);
  const lookUp = createLookUp(ctx);
  const known = new Map<string, Presented>();
  let keysSeenAt = Number.NEGATIVE_INFINITY;

  return {
    async authenticate(text, address) {
      // No secret is kept: the digest finds it again.
      const digest = hash('sha256', text, 'base64');
      const presented = known.get(digest) ?? read(text);
      const partner = presented.environmentPartner ?? (await partnerWith(presented, address));
      if (partner) remember(known, digest, presented);
      return partner;
    },
    async hasKeys() {
      if (ctx.config.partnerApiKeys.length > 0 || performance.now() - keysSeenAt < CACHE_MS) return true;
      const askedAt = performance.now();
      const usable = await hasUsableApiKey(ctx.db);
      if (usable) keysSeenAt = askedAt;
      return usable;
    },
  };

  async function partnerWith({ keyId, secretHash }: Presented, address: string): Promise<Partner | null> {
    if (keyId === null || secretHash === null) return null;
    const cached = await lookUp(keyId);
    const { row } = cached;
    if (!equalInConstantTime(row?.secretHash ?? Buffer.alloc(32), secretHash) || !row) return null;
    if (!isUsable(row, address, cached.readAt)) return null;
    touch(ctx, cached, row.id);
    return cached.partner;
  }
}

/** Accepted texts only: there are no more of them than keys, however many are tried. */
function remember(known: Map<string, Presented>, digest: string, presented: Presented): void {
  if (known.has(digest)) return;
  if (known.size >= CACHE_ENTRIES) known.clear();
  known.set(digest, presented);
}

function createReader(ctx: AuthContext): (text: string) => Presented {
  const environmentKeys = ctx.config.partnerApiKeys.map(({ name, secret }) => ({
    partner: partnerOf(ctx, {
      keyId: `env:${name}`,
      userId: null,
      scopes: SCOPES,
      mode: 'live',
      rateLimitPerSecond: 0,
    }),
    digest: ctx.vault.sign('presented key', secret),
  }));
  return (text) => {
    const digest = ctx.vault.sign('presented key', text);
    // Every key is compared, found or not, so that time tells nothing.
    const [match] = environmentKeys.filter((key) => equalInConstantTime(key.digest, digest));
    const key = match ? null : parseApiKey(text);
    return {
      environmentPartner: match?.partner ?? null,
      keyId: key?.id ?? null,
      secretHash: key && hashSecret(ctx, key),
    };
  };
}

function partnerOf(
  ctx: AuthContext,
  key: Pick<Partner, 'keyId' | 'userId' | 'mode' | 'rateLimitPerSecond'> & { scopes: readonly Scope[] },
): Partner {
  const userId = key.userId ?? ctx.config.partnerUserId;
  return {
    keyId: key.keyId,
    userId,
    owner: userId === null ? `k:${key.keyId}` : `u:${userId}`,
    scopes: new Set(key.scopes),
    mode: key.mode,
    rateLimitPerSecond: key.rateLimitPerSecond,
  };
}

/** Reads a key's row at most once a second; requests that need it meanwhile share that one reading. */
function createLookUp(ctx: AuthContext): (id: string) => CachedKey | Promise<CachedKey> {
  const cache = new Map<string, CachedKey>();
  const readings = new Map<string, { startedAt: number; result: Promise<CachedKey> }>();
  const read = async (id: string, startedAt: number): Promise<CachedKey> => {
    const row = await findApiKey(ctx.db, id);
    const fresh = {
      row,
      partner: row && partnerOfRow(ctx, row),
      // A revocation behind the start may be missing in it.
      readAt: startedAt,
      touchedAt: cache.get(id)?.touchedAt ?? Number.NEGATIVE_INFINITY,
    };
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(id, fresh);
    return fresh;
  };
  return (id) => {
    const now = performance.now();
    const known = cache.get(id);
    if (known && now - known.readAt < CACHE_MS) return known;
    const running = readings.get(id);
    if (running && now - running.startedAt < CACHE_MS) return running.result;
    const reading = { startedAt: now, result: read(id, now) };
    readings.set(id, reading);
    const forget = () => {
      if (readings.get(id) === reading) readings.delete(id);
    };
    reading.result.then(forget, forget);
    return reading.result;
  };
}

function partnerOfRow(ctx: AuthContext, row: ApiKeyRow): Partner {
  const scopes = SCOPES.filter((scope) => row.scopes.includes(scope));
  const { id: keyId, userId, rateLimitPerSecond } = row;
  return partnerOf(ctx, { keyId, userId, scopes, mode: row.test ? 'test' : 'live', rateLimitPerSecond });
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
