/**
 * The life of a rented number.
 *
 *   pending ──claim──▶ buying ──accepted──▶ active ──first code──▶ received ──▶ finished
 *      ▲                 │ ├──refused──▶ refused          └──cancel or expiry confirmed──▶ cancelled
 *      └──not sent───────┘ └──unknown──▶ purchase_unknown ──push──▶ active │ ──grace over──▶ released
 *
 * `refused` and `released` never had a number; `cancelled` had one and no code in time; `finished` had a code.
 */
export type ActivationState =
  | 'pending'
  | 'buying'
  | 'purchase_unknown'
  | 'active'
  | 'received'
  | 'finished'
  | 'cancelled'
  | 'refused'
  | 'released';

export const ACTIVATION_EDGES: Record<ActivationState, readonly ActivationState[]> = {
  pending: ['buying', 'refused', 'cancelled'],
  buying: ['pending', 'active', 'refused', 'purchase_unknown'],
  purchase_unknown: ['active', 'released'],
  active: ['received', 'cancelled'],
  received: ['finished'],
  finished: [],
  cancelled: [],
  refused: [],
  released: [],
};

export type ActivationReason =
  | 'requested'
  | 'expired'
  | 'upstream'
  | 'denied'
  | 'unknown_outcome'
  | 'out_of_stock'
  | 'price_changed'
  | 'invalid_service'
  | 'invalid_country'
  | 'provider_error'
  | 'provider_unavailable';

export type ActivationCommand = 'cancel' | 'resend' | 'finish';

export function isFinalActivationState(state: ActivationState): boolean {
  return ACTIVATION_EDGES[state].length === 0;
}

export function isBeingBought(state: ActivationState): boolean {
  return state === 'pending' || state === 'buying' || state === 'purchase_unknown';
}

export interface PollMoment {
  nowMs: number;
  purchasedAtMs: number;
  expiresAtMs: number;
  /** A further code was asked for, or none has come yet. */
  expectingCode: boolean;
}

/**
 * Milliseconds until the next question to the provider: often while young, when most codes come, then less so;
 * exactly at the deadline and just after it; seldom once a code is there and no other is expected.
 * The caller adds jitter.
 */
export function pollIntervalMs({ nowMs, purchasedAtMs, expiresAtMs, expectingCode }: PollMoment): number {
  const untilDeadline = expiresAtMs - nowMs;
  if (untilDeadline <= 0) return nowMs - expiresAtMs < 60_000 ? 5_000 : 30_000;
  const age = nowMs - purchasedAtMs;
  const ladder = !expectingCode ? 30_000 : age < 120_000 ? 3_000 : age < 600_000 ? 5_000 : 10_000;
  return Math.max(250, Math.min(ladder, untilDeadline));
}
