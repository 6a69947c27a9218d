import { type Micros, parseMicros } from '#libs/domain';

/** What the sandbox is told from outside; see README.md. Times in the unit of their name. */
export interface SandboxOptions {
  host?: string;
  /** 0 = any free port. */
  port?: number;
  /** Take the next free port when `port` is in use. */
  portFallback?: boolean;
  twilio: { accountSid: string; authToken: string; sentDelayMs?: number; deliveredDelayMs?: number };
  smsbower: {
    apiKey: string;
    /** Opening balance in dollars, used when there is no saved state. */
    balance?: string;
    /** First activation id; by default one that grows with time, so that a fresh sandbox repeats none. */
    firstActivationId?: number;
    /** What `getStatus` says of a finished activation: no public source settles it. */
    statusAfterFinish?: StatusAfterFinish;
  };
  /** JSON file that keeps rentals, balance, stock and messages over a restart. */
  stateFile?: string;
  /** A code arrives by itself after about so long; null = only through the control API. */
  autoCodeSeconds?: number | null;
  lifetimeSeconds?: number;
  /** A cancel before this age is refused; 0 = never. */
  earliestCancelSeconds?: number;
  /** Where an incoming SMS is pushed to, as the account profile would say. */
  pushUrls?: string[];
  /** Multiplies the waits between push attempts (60 s, 300 s). */
  pushDelayScale?: number;
  log?: (line: Record<string, unknown>) => void;
}

export type StatusAfterFinish = 'STATUS_CANCEL' | 'STATUS_OK' | 'NO_ACTIVATION';

/** The part of the options that the control API can change while running. */
export interface Tunables {
  autoCodeSeconds: number | null;
  lifetimeSeconds: number;
  earliestCancelSeconds: number;
  statusAfterFinish: StatusAfterFinish;
  pushUrls: string[];
  pushDelayScale: number;
  sentDelayMs: number;
  deliveredDelayMs: number;
}

export interface Settings extends Tunables {
  accountSid: string;
  authToken: string;
  apiKey: string;
  openingBalanceMicros: Micros;
  firstActivationId: number;
}

export function settingsFrom(options: SandboxOptions): Settings {
  const { twilio, smsbower } = options;
  const openingBalanceMicros = parseMicros(smsbower.balance ?? '1000');
  if (openingBalanceMicros === null || openingBalanceMicros < 0n) {
    throw new Error(
      `The sandbox balance "${smsbower.balance}" is not an amount in dollars such as "1000" or "12.5".`,
    );
  }
  return {
    accountSid: twilio.accountSid,
    authToken: twilio.authToken,
    apiKey: smsbower.apiKey,
    openingBalanceMicros,
    firstActivationId: smsbower.firstActivationId ?? idOfThisSecond(),
    autoCodeSeconds: options.autoCodeSeconds ?? null,
    lifetimeSeconds: options.lifetimeSeconds ?? 1200,
    earliestCancelSeconds: options.earliestCancelSeconds ?? 120,
    statusAfterFinish: smsbower.statusAfterFinish ?? 'STATUS_CANCEL',
    pushUrls: options.pushUrls ?? [],
    pushDelayScale: options.pushDelayScale ?? 1,
    sentDelayMs: twilio.sentDelayMs ?? 300,
    deliveredDelayMs: twilio.deliveredDelayMs ?? 1500,
  };
}

/** Live ids were about 2.5·10⁸ in 2026; seconds since July 2017 are of that size and never come again. */
function idOfThisSecond(): number {
  return Math.floor(Date.now() / 1000) - 1_500_000_000;
}
