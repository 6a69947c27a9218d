import type { Metrics } from '#libs/platform';
import type { WaitingContext } from '#libs/services';

/** What the gateway is built from. */
export interface GatewayDeps {
  ctx: WaitingContext;
  metrics: Metrics;
  /** True once the process is on its way out: every reply then ends its connection. */
  isDraining: () => boolean;
  /** Mean delay of the event loop above which requests are shed. */
  maxEventLoopDelayMs?: number;
  /** How long a stream of events lasts before its reader has to come again. */
  streamLifetimeMs?: number;
}
