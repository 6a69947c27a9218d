import { DEFAULT_PREFIX } from '#libs/cache';
import { JOB_NAMES, startConsumers } from '#libs/jobs';
import { type AppContext, createWebhookClient, redisReady, type WebhookClientOptions } from '#libs/platform';
import {
  createScriptedSmsProvider,
  createTwilioProvider,
  openNumberProvider,
  twilioTimeouts,
} from '#libs/providers';
import { createProviderPool, createServiceContext, ensureFirstProvider, sharedBudget } from '#libs/services';
import { findScriptedRental } from '#libs/store';
import { createCallLimiter } from './call-limiter.ts';
import type { WorkerDeps } from './deps.ts';
import { HANDLERS } from './handlers/index.ts';
import { createProviderTimer } from './provider-timer.ts';

/** Above the longest provider call, a purchase excepted. */
const CLOSE_DEADLINE_MS = 25_000;

export interface WorkerOptions {
  redisPrefix?: string;
  /** For tests: how webhooks find and trust their endpoints. */
  webhooks?: WebhookClientOptions;
}

/** Takes jobs from every queue. Redis may be away at the start and at any time; jobs are then taken when it is back. */
export async function startWorker(app: AppContext, options: WorkerOptions = {}): Promise<void> {
  const prefix = options.redisPrefix ?? DEFAULT_PREFIX;
  const redis = app.openRedis('fail-fast');
  const ctx = createServiceContext({ ...app, redis, redisPrefix: prefix });
  app.onClose('producer', () => ctx.jobs.close());
  await ensureFirstProvider(ctx);
  const deps = createDeps(app, ctx, options);
  await takeJobs(app, deps, prefix);
  app.addCheck('redis', async () =>
    (await redisReady(redis, 500)) ? null : 'Redis cannot be reached; jobs wait',
  );
}

function createDeps(app: AppContext, ctx: WorkerDeps['ctx'], options: WorkerOptions): WorkerDeps {
  const timer = createProviderTimer(app.metrics);
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
  const webhooks = createWebhookClient(options.webhooks);
  app.onClose('providers', async () => {
    await sms?.close();
    await numbers.close();
    await webhooks.close();
  });
  const webhooksDisabled = app.metrics.counter('webhooks_disabled_total', 'Webhook endpoints disabled', [
    'reason',
  ]);
  return {
    ctx,
    sms,
    testSms: createScriptedSmsProvider(),
    numbers,
    timer,
    webhooks,
    webhookLimiter: createCallLimiter(),
    webhooksDisabled,
  };
}

async function takeJobs(app: AppContext, deps: WorkerDeps, prefix: string): Promise<void> {
  const redis = app.openRedis('wait');
  const finished = app.metrics.counter('jobs_total', 'Jobs finished', ['queue', 'result']);
  const seconds = app.metrics.histogram('job_seconds', 'Duration of jobs', ['queue']);
  const consumers = JOB_NAMES.flatMap((name) =>
    startConsumers(name, (payload) => HANDLERS[name](deps, payload), {
      redis,
      prefix,
      log: app.log,
      onFinished: (job) => {
        finished.inc({ queue: job.name, result: job.ok ? 'done' : 'failed' });
        seconds.observe({ queue: job.name }, job.seconds);
      },
    }),
  );
  // Stops taking, finishes what runs; what does not finish in time is found by the sweep.
  app.onClose('consumers', () => Promise.all(consumers.map((consumer) => closeConsumer(consumer))));
}

/** Without Redis a consumer cannot say goodbye; after a while its connections are simply cut. */
async function closeConsumer(consumer: { close(force?: boolean): Promise<void> }): Promise<void> {
  const timer = setTimeout(() => void consumer.close(true).catch(() => undefined), CLOSE_DEADLINE_MS);
  await consumer.close().catch(() => undefined);
  clearTimeout(timer);
}
