import type { Metrics } from '#libs/platform';
import type { BudgetState, NumberProvider, SmsProvider } from '#libs/providers';
import type { ProviderPool, ServiceContext } from '#libs/services';

/** What every loop is given. */
export interface PollerDeps {
  ctx: ServiceContext;
  sms: SmsProvider | null;
  /** Carries the messages of test keys. */
  testSms: SmsProvider;
  numbers: ProviderPool<NumberProvider & { budgetState(): BudgetState }>;
  metrics: Metrics;
}

/**
 * One kind of timed work. Loops run in every poller process at the same time and share the work through leases and
 * conditional updates, so each must be safe to run twice.
 */
export interface Loop {
  name: string;
  /** From the end of one run to the start of the next; a tenth of jitter is added. */
  intervalMs: number;
  /**
   * Called once at the start; returns what is run again and again. `true` asks for the next run at once, a number for
   * one after so many milliseconds.
   */
  start(deps: PollerDeps): () => Promise<boolean | number | undefined>;
}
