import ipaddr from 'ipaddr.js';
import { parseMillipercent } from '#libs/domain';
import { crashPointProblem } from './crash-point.ts';
import { EnvironmentReader } from './environment-reader.ts';
import { readSmsbower, readTwilio, type SmsbowerConfig, type TwilioConfig } from './provider-config.ts';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';
import { type Timings, timingsAt } from './timings.ts';

/** Everything a process may be told from outside, checked once. See the table in README.md. */
export interface Config {
  production: boolean;
  databaseUrl: string;
  redis: RedisTarget;
  host: string;
  port: number;
  consoleHost: string;
  consolePort: number;
  opsPort: number;
  /** How long a gateway that was told to end still serves while it says that it is not ready. */
  drainSeconds: number;
  /** Without trailing slash; null when unset. */
  publicBaseUrl: string | null;
  trustProxy: string[];
  partnerApiKeys: { name: string; secret: string }[];
  partnerUserId: number | null;
  partnerApiId: number | null;
  twilio: TwilioConfig | null;
  smsbower: SmsbowerConfig | null;
  /** Thousandths of a percent. */
  defaultMarkupMillipercent: bigint;
  activationLifetimeSeconds: number;
  unknownGraceSeconds: number;
  unknownSendWindowSeconds: number;
  /** 32 bytes. Outside production a fixed, worthless key stands in. */
  encryptionKey: Buffer;
  encryptionKeyConfigured: boolean;
  rateLimitPerSecond: number;
  timings: Timings;
  /** Where a fault test lets the process die; null everywhere else. */
  crashAt: string | null;
  logLevel: string;
}

export class ConfigError extends Error {
  readonly mistakes: string[];

  constructor(mistakes: string[]) {
    super(
      `The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((m) => `  - ${m}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

const DEVELOPMENT_KEY = Buffer.from('smsx development key, not secret'.padEnd(32).slice(0, 32));

/**
 * The environment with stand-ins for what it leaves unset. A group is taken whole or not at all, so that half a
 * provider's settings are never completed by another's.
 */
export function environmentWith(
  groups: Record<string, string>[],
  env: Record<string, string | undefined> = process.env,
): Record<string, string | undefined> {
  const missing = groups.filter((group) => Object.keys(group).every((name) => !env[name]?.trim()));
  return Object.assign({ ...env }, ...missing);
}

/** Reads and checks the whole environment; throws one ConfigError that lists every mistake. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = new EnvironmentReader(env);
  const production = env.NODE_ENV === 'production';
  const encryptionKey = readEncryptionKey(read, production);
  const config: Config = {
    production,
    databaseUrl: readDatabaseUrl(read),
    redis: readRedis(read),
    host: read.text('HOST', '127.0.0.1'),
    port: read.integer('PORT', 8080, 0, 65535),
    consoleHost: read.text('CONSOLE_HOST', '127.0.0.1'),
    consolePort: read.integer('CONSOLE_PORT', 8081, 0, 65535),
    opsPort: read.integer('OPS_PORT', 0, 0, 65535),
    drainSeconds: read.optionalInteger('DRAIN_SECONDS', 0, 60) ?? (production ? 5 : 0),
    publicBaseUrl: readBaseUrl(read),
    trustProxy: readTrustProxy(read),
    partnerApiKeys: readPartnerKeys(read),
    partnerUserId: read.optionalInteger('PARTNER_VIRTUAL_USER_ID', 1, 2 ** 31 - 1),
    partnerApiId: read.optionalInteger('PARTNER_VIRTUAL_API_ID', 1, 2 ** 31 - 1),
    twilio: readTwilio(read),
    smsbower: readSmsbower(read),
    defaultMarkupMillipercent: readMarkup(read),
    activationLifetimeSeconds: read.integer('ACTIVATION_LIFETIME_SECONDS', 1200, 1, 86_400),
    unknownGraceSeconds: read.integer('UNKNOWN_GRACE_SECONDS', 120, 0, 86_400),
    unknownSendWindowSeconds: read.integer('UNKNOWN_SEND_WINDOW_SECONDS', 60, 1, 86_400),
    encryptionKey: encryptionKey ?? DEVELOPMENT_KEY,
    encryptionKeyConfigured: encryptionKey !== null,
    rateLimitPerSecond: read.integer('RATE_LIMIT_PER_SECOND', 100, 0, 1_000_000),
    timings: timingsAt(readClockPercent(read, production) / 100),
    crashAt: readCrashAt(read, production),
    logLevel: read.oneOf('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  };
  if (config.port !== 0 && config.port === config.consolePort) {
    read.mistake(
      'CONSOLE_PORT',
      `must differ from PORT (${config.port}): the console never shares the gateway's listener`,
    );
  }
  if (read.mistakes.length > 0) throw new ConfigError(read.mistakes);
  return config;
}

function readDatabaseUrl(read: EnvironmentReader): string {
  const value = read.required('DATABASE_URL', 'for example postgres://smsx:secret@127.0.0.1:5432/smsx');
  if (value && !/^postgres(ql)?:\/\//.test(value))
    read.mistake('DATABASE_URL', 'must start with postgres://');
  return value;
}

function readRedis(read: EnvironmentReader): RedisTarget {
  const value = read.required('REDIS_URL', 'for example redis://127.0.0.1:6379');
  if (!value) return { kind: 'single', url: '' };
  const target = parseRedisUrl(value);
  if (typeof target !== 'string') return target;
  read.mistake('REDIS_URL', target);
  return { kind: 'single', url: '' };
}

function readBaseUrl(read: EnvironmentReader): string | null {
  const value = read.optional('PUBLIC_BASE_URL');
  if (value === null) return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol) || /[?#]/.test(value)) {
    read.mistake(
      'PUBLIC_BASE_URL',
      'must be an absolute http or https URL without query, for example https://sms.example.com',
    );
    return null;
  }
  return value.replace(/\/+$/, '');
}

function readTrustProxy(read: EnvironmentReader): string[] {
  const ranges = read.list('TRUST_PROXY');
  for (const range of ranges) {
    if (!ipaddr.isValid(range) && !ipaddr.isValidCIDR(range)) {
      read.mistake('TRUST_PROXY', `"${range}" is not an address or CIDR range such as 10.0.0.0/8`);
    }
  }
  return ranges;
}

function readPartnerKeys(read: EnvironmentReader): { name: string; secret: string }[] {
  const keys: { name: string; secret: string }[] = [];
  const names = new Set<string>();
  for (const [index, entry] of read.list('PARTNER_API_KEYS').entries()) {
    const [, name, secret] = /^([^:\s]+):([\x21-\x7e]+)$/.exec(entry) ?? [];
    if (!name || !secret) {
      read.mistake('PARTNER_API_KEYS', `entry ${index + 1} is not name:secret (printable ASCII, no spaces)`);
    } else if (names.has(name)) {
      read.mistake('PARTNER_API_KEYS', `the name "${name}" appears twice`);
    } else {
      names.add(name);
      keys.push({ name, secret });
    }
  }
  return keys;
}

const FOR_FAULT_TESTS = 'is for fault tests only; unset it';

/** Fault tests run the deadlines of provider calls faster. */
function readClockPercent(read: EnvironmentReader, production: boolean): number {
  const percent = read.integer('FAULT_CLOCK_PERCENT', 100, 1, 100);
  if (production && percent !== 100) read.mistake('FAULT_CLOCK_PERCENT', FOR_FAULT_TESTS);
  return percent;
}

function readCrashAt(read: EnvironmentReader, production: boolean): string | null {
  const value = read.optional('CRASH_AT');
  if (value === null) return null;
  const problem = production ? FOR_FAULT_TESTS : crashPointProblem(value);
  if (problem) read.mistake('CRASH_AT', problem);
  return value;
}

function readMarkup(read: EnvironmentReader): bigint {
  const markup = parseMillipercent(read.text('DEFAULT_MARKUP_PERCENT', '0'));
  if (markup === null) read.mistake('DEFAULT_MARKUP_PERCENT', 'must be a percentage such as 12.5');
  return markup ?? 0n;
}

function readEncryptionKey(read: EnvironmentReader, production: boolean): Buffer | null {
  const value = read.optional('ENCRYPTION_KEY');
  if (value === null) {
    if (production)
      read.mistake(
        'ENCRYPTION_KEY',
        'is required in production: 32 bytes as base64 (openssl rand -base64 32)',
      );
    return null;
  }
  const key = Buffer.from(value, 'base64');
  if (key.length === 32 && /^[A-Za-z0-9+/]+={0,2}$/.test(value)) return key;
  read.mistake('ENCRYPTION_KEY', 'must be 32 bytes as base64 (openssl rand -base64 32)');
  return null;
}
