import type { Counter } from '#libs/platform';
import { type Authenticator, createAuthenticator } from '#libs/services';
import type { GatewayDeps } from './deps.ts';
import { createRateLimit, type RateLimit } from './plugins/rate-limit.ts';

/** Who may come in, and how often: one for all that partners call, whatever language it speaks. */
export interface Gate {
  authenticator: Authenticator;
  rateLimit: RateLimit;
  lookUps: Counter<'result'>;
}

export function createGate({ ctx, metrics }: GatewayDeps): Gate {
  return {
    authenticator: createAuthenticator(ctx),
    rateLimit: createRateLimit({
      cache: ctx.cache,
      limitPerSecond: ctx.config.rateLimitPerSecond,
      rejected: metrics.counter('http_rate_limited_total', 'Requests above the limit of their key'),
    }),
    lookUps: metrics.counter('status_cache_total', 'Look-ups of status', ['result']),
  };
}
