import { hash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { equalInConstantTime } from '#libs/platform';
import { type ApiKeyRow, hasUsableApiKey, touchApiKey } from '#libs/store';
import { hashSecret, parseApiKey } from './api-key.ts';
import type { ServiceContext } from './context.ts';
import { createKeyReader, type KeyReading, partnerOfKey } from './key-reading.ts';
import { type Partner, SCOPES } from './partner.ts';

type AuthContext = Pick<ServiceContext, 'db' | 'vault' | 'config' | 'log'>;

/** Who presents a key. Its address is only looked at where it matters: behind proxies it takes time to find. */
export interface Caller {
  readonly ip: string;
}

export interface Authenticator {
  /**
   * The partner behind a key that was accepted here before and still is. At once, unless its row has to be read; null
   * tells nothing about the key.
   */
  recognise(presented: string, caller: Caller): Partner | null | Promise<Partner | null>;
  /** The partner behind a key, or null for every reason alike. */
  authenticate(presented: string, caller: Caller): Promise<Partner | null>;
  /** Whether the server has any key that could work. */
  hasKeys(): Promise<boolean>;
}

const MOST_KNOWN = 10_000;
const TOUCH_EVERY_MS = 60_000;
/** As long as a reading of a row. */
const KEYS_SEEN_MS = 1_000;

/** What a presented text stands for. Only the text decides it, so it may be kept as long as there is room. */
interface Presented {
  environmentPartner: Partner | null;
  keyId: string | null;
  secretHash: Buffer | null;
  /** The reading of the row with which the secret was last found to be right. */
  provenBy: KeyReading | null;
}

/** Keys from the environment act for PARTNER_VIRTUAL_USER_ID; those of the database for their user, else for it too. */
export function createAuthenticator(ctx: AuthContext): Authenticator {
  const read = createReader(ctx);
  const lookUp = createKeyReader(ctx);
  const known = new Map<string, Presented>();
  let keysSeenAt = Number.NEGATIVE_INFINITY;

  return {
    recognise(text, caller) {
      const presented = known.get(digestOf(text));
      return presented ? partnerWith(presented, caller) : null;
    },
    async authenticate(text, caller) {
      const presented = read(text);
      const partner = await partnerWith(presented, caller);
      if (partner) remember(known, digestOf(text), presented);
      return partner;
    },
    async hasKeys() {
      if (ctx.config.partnerApiKeys.length > 0 || performance.now() - keysSeenAt < KEYS_SEEN_MS) return true;
      const askedAt = performance.now();
      const usable = await hasUsableApiKey(ctx.db);
      if (usable) keysSeenAt = askedAt;
      return usable;
    },
  };

  function partnerWith(presented: Presented, caller: Caller): Partner | null | Promise<Partner | null> {
    if (presented.environmentPartner) return presented.environmentPartner;
    if (presented.keyId === null) return null;
    const cached = lookUp(presented.keyId);
    if (cached instanceof Promise) return cached.then((row) => partnerOfReading(ctx, presented, row, caller));
    return partnerOfReading(ctx, presented, cached, caller);
  }
}

/** No secret is kept: the digest finds it again. */
function digestOf(text: string): string {
  return hash('sha256', text, 'base64');
}

/** The secret is compared once for each reading of the row; what time and address decide, each time. */
function partnerOfReading(
  ctx: AuthContext,
  presented: Presented,
  cached: KeyReading,
  caller: Caller,
): Partner | null {
  const { row } = cached;
  if (presented.provenBy !== cached) {
    const expected = row?.secretHash ?? Buffer.alloc(32);
    if (!equalInConstantTime(expected, presented.secretHash ?? Buffer.alloc(0))) return null;
    presented.provenBy = cached;
  }
  if (!row || !isUsable(row, caller, cached.readAt)) return null;
  touch(ctx, cached, row.id);
  return cached.partner;
}

/** Accepted texts only: there are no more of them than keys, however many are tried. */
function remember(known: Map<string, Presented>, digest: string, presented: Presented): void {
  if (known.has(digest)) return;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(digest, presented);
}

function createReader(ctx: AuthContext): (text: string) => Presented {
  const environmentKeys = ctx.config.partnerApiKeys.map(({ name, secret }) => ({
    partner: partnerOfKey(ctx, {
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
      provenBy: null,
    };
  };
}

/** Its end is told by the database's clock: this process's own may be minutes off. */
function isUsable(row: ApiKeyRow, caller: Caller, readAt: number): boolean {
  if (row.revokedAt !== null) return false;
  if (row.secondsLeft !== null && row.secondsLeft * 1_000 <= performance.now() - readAt) return false;
  return row.allowedCidrs.length === 0 || row.allowedCidrs.some((range) => isWithin(caller.ip, range));
}

function isWithin(address: string, range: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const [network, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : [ipaddr.process(range), null];
  const caller = ipaddr.process(address);
  if (caller.kind() !== network.kind()) return false;
  return caller.match(network, bits ?? (network.kind() === 'ipv4' ? 32 : 128));
}

/** Last use, told about once a minute; nobody waits for it. */
function touch(ctx: AuthContext, cached: KeyReading, id: string): void {
  const now = performance.now();
  if (now - cached.touchedAt < TOUCH_EVERY_MS) return;
  cached.touchedAt = now;
  touchApiKey(ctx.db, id).catch((err) => ctx.log.debug({ event: 'key.touch_failed', err }));
}
