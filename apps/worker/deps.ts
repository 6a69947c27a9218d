import type { JobPayload } from '#libs/jobs';
import type { Counter, WebhookClient } from '#libs/platform';
import type { NumberProvider, SmsProvider } from '#libs/providers';
import type { ProviderPool, ServiceContext } from '#libs/services';
import type { CallLimiter } from './call-limiter.ts';
import type { ProviderTimer } from './provider-timer.ts';

/** What every handler is given. */
export interface WorkerDeps {
  ctx: ServiceContext;
  /** Null when no SMS provider is configured: messages then wait in their rows. */
  sms: SmsProvider | null;
  /** Carries the messages of test keys. */
  testSms: SmsProvider;
  numbers: ProviderPool<NumberProvider>;
  timer: ProviderTimer;
  webhooks: WebhookClient;
  /** Keeps one slow endpoint or partner from taking every place. */
  webhookLimiter: CallLimiter;
  /** Endpoints that were disabled because they failed for too long or said that they are gone. */
  webhooksDisabled: Counter<'reason'>;
}

export type JobHandler = (deps: WorkerDeps, payload: JobPayload) => Promise<void>;
