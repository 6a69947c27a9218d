import type { FastifyInstance, FastifyReply } from 'fastify';
import { PublicError } from '#libs/domain';
import type { Metrics } from '#libs/platform';
import { createAuthenticator } from '#libs/services';
import type { GatewayDeps } from './deps.ts';
import type { Authentication } from './plugins/authentication.ts';
import { createFailedSignIns } from './plugins/failed-sign-ins.ts';
import { createRateLimit, type Polled, type RateLimit } from './plugins/rate-limit.ts';

/** Tells whether the event loop is late. */
export type Pressure = Pick<FastifyInstance, 'isUnderPressure' | 'memoryUsage'>;

/** Who may come in, and how often: one for all that partners call, whatever language it speaks. */
export interface Gate {
  authentication: Authentication;
  rateLimit: RateLimit;
  /** Holds a poll to its limit, and gives the reply that was cached for it, or null. */
  admitPolled(polled: Polled, reply: FastifyReply): string | null;
  pressure: Pressure;
}

export function createGate({ ctx, metrics }: GatewayDeps, pressure: Pressure): Gate {
  const rateLimit = createRateLimit({
    cache: ctx.cache,
    limitPerSecond: ctx.config.rateLimitPerSecond,
    rejected: metrics.counter('http_rate_limited_total', 'Requests above the limit of their key'),
  });
  const lookUps = createLookUps(metrics);
  return {
    authentication: {
      authenticator: createAuthenticator(ctx),
      failures: createFailedSignIns(),
      refused: metrics.counter('http_sign_ins_refused_total', 'Keys not looked at after too many wrong ones'),
    },
    rateLimit,
    admitPolled(polled, reply) {
      rateLimit.enforce(polled.counted, reply);
      lookUps[polled.reply !== null ? 'hit' : polled.away ? 'away' : 'miss'].add();
      return polled.reply;
    },
    pressure,
  };
}

function createLookUps(metrics: Metrics) {
  const series = metrics.counterSeries('status_cache_total', 'Look-ups of status');
  return {
    hit: series({ result: 'hit' }),
    miss: series({ result: 'miss' }),
    away: series({ result: 'away' }),
  };
}

/** Throws `overloaded` while the event loop is late. */
export function shed({ pressure }: Gate): void {
  // A sample without a single measurement counts as an infinite delay there; here it says nothing.
  if (!pressure.isUnderPressure() || !Number.isFinite(pressure.memoryUsage().eventLoopDelay)) return;
  throw new PublicError('overloaded', { retryAfterSeconds: 1 });
}
