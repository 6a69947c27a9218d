import type { FastifyInstance } from 'fastify';
import { PublicError } from '#libs/domain';
import type { Counter } from '#libs/platform';
import { type Authenticator, createAuthenticator } from '#libs/services';
import type { GatewayDeps } from './deps.ts';
import { createRateLimit, type RateLimit } from './plugins/rate-limit.ts';

/** Tells whether the event loop is late. */
export type Pressure = Pick<FastifyInstance, 'isUnderPressure' | 'memoryUsage'>;

/** Who may come in, and how often: one for all that partners call, whatever language it speaks. */
export interface Gate {
  authenticator: Authenticator;
  rateLimit: RateLimit;
  lookUps: Counter<'result'>;
  pressure: Pressure;
}

export function createGate({ ctx, metrics }: GatewayDeps, pressure: Pressure): Gate {
  return {
    authenticator: createAuthenticator(ctx),
    rateLimit: createRateLimit({
      cache: ctx.cache,
      limitPerSecond: ctx.config.rateLimitPerSecond,
      rejected: metrics.counter('http_rate_limited_total', 'Requests above the limit of their key'),
    }),
    lookUps: metrics.counter('status_cache_total', 'Look-ups of status', ['result']),
    pressure,
  };
}

/** Throws `overloaded` while the event loop is late. */
export function shed({ pressure }: Gate): void {
  // A sample without a single measurement counts as an infinite delay there; here it says nothing.
  if (!pressure.isUnderPressure() || !Number.isFinite(pressure.memoryUsage().eventLoopDelay)) return;
  throw new PublicError('overloaded', { retryAfterSeconds: 1 });
}
