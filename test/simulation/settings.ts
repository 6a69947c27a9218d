import { timingsAt } from '#libs/platform';
import type { Partner } from '#libs/services';

export const UNKNOWN_GRACE_SECONDS = 120;
export const FUNDS = 35n;
export const PRICE = 10n;

export const PARTNER: Partner = {
  keyId: 'key',
  userId: 1,
  owner: 'u:1',
  scopes: new Set(['send', 'rent', 'read', 'wallet']),
  mode: 'live',
  rateLimitPerSecond: 0,
};

export const CONFIG = {
  timings: timingsAt(1),
  unknownSendWindowSeconds: 60,
  unknownGraceSeconds: UNKNOWN_GRACE_SECONDS,
  activationLifetimeSeconds: 1_200,
  publicBaseUrl: 'http://127.0.0.1',
  twilio: {},
};

/** Keeps nothing secret and costs nothing. */
export const OPEN_VAULT = {
  encrypt: (text: string) => Buffer.from(text),
  decrypt: (sealed: Buffer) => sealed.toString(),
  sign: (_purpose: string, text: string) => Buffer.from(text),
};

export const NO_METRICS = {
  counter: () => ({ inc: () => undefined }),
  histogram: () => ({ observe: () => undefined }),
};
