import { type AppContext, redisReady } from '#libs/platform';
import {
  createScriptedSmsProvider,
  createTwilioProvider,
  openNumberProvider,
  twilioTimeouts,
} from '#libs/providers';
import { createProviderPool, createServiceContext, ensureFirstProvider, sharedBudget } from '#libs/services';
import { findScriptedRental } from '#libs/store';
import type { PollerDeps } from './deps.ts';
import { LOOPS } from './loops/index.ts';
import { runLoop } from './run-loop.ts';

/** Starts every loop. Any number of pollers may run; none leads. */
export async function startPoller(app: AppContext, options: { redisPrefix?: string } = {}): Promise<void> {
  const redis = app.openRedis('fail-fast');
  const ctx = createServiceContext({ ...app, redis, ...options });
  app.onClose('producer', () => ctx.jobs.close());
  await ensureFirstProvider(ctx);
  const deps = createDeps(app, ctx);
  const running = LOOPS.map((loop) => runLoop(loop, deps, app.log));
  app.onClose('loops', () => Promise.all(running.map((loop) => loop.stop())));
  app.addCheck('redis', async () =>
    (await redisReady(redis, 500)) ? null : 'Redis cannot be reached; polls wait',
  );
}

function createDeps(app: AppContext, ctx: PollerDeps['ctx']): PollerDeps {
  const { twilio, timings } = app.config;
  const sms = twilio && createTwilioProvider(twilio, twilioTimeouts(timings));
  const scripted = {
    find: (providerRef: string) => findScriptedRental(ctx.db, providerRef),
    scale: timings.scriptScale,
  };
  const numbers = createProviderPool(ctx, (row, credentials) =>
    openNumberProvider(
      { kind: row.kind, apiUrl: row.apiUrl, credentials, timeouts: timings, scripted },
      sharedBudget(ctx, row),
    ),
  );
  app.onClose('providers', async () => {
    await sms?.close();
    await numbers.close();
  });
  return { ctx, sms, testSms: createScriptedSmsProvider(), numbers, metrics: app.metrics };
}
