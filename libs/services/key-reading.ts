import { type ApiKeyRow, findApiKey } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, SCOPES, type Scope } from './partner.ts';

type KeyContext = Pick<ServiceContext, 'db' | 'config'>;

/** A key's row as it was at `readAt`, of performance.now. */
export interface KeyReading {
  row: ApiKeyRow | null;
  partner: Partner | null;
  readAt: number;
  touchedAt: number;
}

/** A revoked key is refused everywhere within this time. */
const CACHE_MS = 1_000;
/** From then on a row in use is read again while requests still go by the last reading: nobody waits for it. */
const REFRESH_MS = 700;
const CACHE_ENTRIES = 10_000;

/** Reads the row of a key in use about once a second; requests that need it meanwhile share that one reading. */
export function createKeyReader(ctx: KeyContext): (id: string) => KeyReading | Promise<KeyReading> {
  const cache = new Map<string, KeyReading>();
  const readings = new Map<string, { startedAt: number; result: Promise<KeyReading> }>();
  const read = async (id: string, startedAt: number): Promise<KeyReading> => {
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
  const readAgain = (id: string, now: number): Promise<KeyReading> => {
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
  return (id) => {
    const now = performance.now();
    const known = cache.get(id);
    const ageMs = known ? now - known.readAt : Number.POSITIVE_INFINITY;
    if (known && ageMs < REFRESH_MS) return known;
    const reading = readAgain(id, now);
    return known && ageMs < CACHE_MS ? known : reading;
  };
}

export function partnerOfKey(
  ctx: KeyContext,
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

function partnerOfRow(ctx: KeyContext, row: ApiKeyRow): Partner {
  const scopes = SCOPES.filter((scope) => row.scopes.includes(scope));
  const { id: keyId, userId, rateLimitPerSecond } = row;
  return partnerOfKey(ctx, { keyId, userId, scopes, mode: row.test ? 'test' : 'live', rateLimitPerSecond });
}
