export type ProviderName = 'twilio' | 'smsbower';

/** One request of a client, as faults and counters know it. */
export interface Call {
  provider: ProviderName;
  /** SMSBower's action name, or create, fetch, list, update, delete for Twilio. */
  action: string;
  /** Recipient, for Twilio. */
  to?: string;
  activationId?: string;
}

/** Counts requests by provider and action, failed ones included. */
export interface CallCounter {
  count(call: Call): void;
  /** `{"smsbower.getStatus": 3, "twilio.create": 1}` */
  totals(): Record<string, number>;
  reset(): void;
}

export function createCallCounter(): CallCounter {
  const totals = new Map<string, number>();
  return {
    count(call) {
      const key = `${call.provider}.${call.action}`;
      totals.set(key, (totals.get(key) ?? 0) + 1);
    },
    totals: () => Object.fromEntries([...totals].sort()),
    reset: () => totals.clear(),
  };
}
