import type { ActivationCommand } from '#libs/domain';

/** All there is in a job: which row, and which attempt of it. The row holds everything else. */
export interface JobPayload {
  id: string;
  epoch: number;
}

export interface JobDefinition {
  /** For people: what the handler does. */
  summary: string;
  /** Jobs one worker process runs at the same time. */
  concurrency: number;
  /** How many share that, each with a connection of its own. Default: 1. */
  consumers?: number;
  /**
   * Above every deadline of the provider call inside, or a healthy job is taken for a stalled one while Redis is away.
   * Not far above: a job whose worker was killed before it claimed its row waits that long for another. (A purchase
   * does not: its row is given up after `buy_until`.)
   */
  lockDurationMs: number;
}

/** Every job on one screen. Name = queue = file in apps/worker/handlers. */
export const JOBS = {
  'sms-send': {
    summary: 'Send one message through the SMS provider',
    // Claims and settles share commits, so more at a time cost less each; Twilio is said to take 100 calls at once.
    concurrency: 100,
    lockDurationMs: 30_000,
  },
  'rent-number': {
    summary: 'Buy one number from its provider',
    concurrency: 50,
    // BullMQ takes jobs one after the other and starts none before it has taken what it may: 50 partners who wait at
    // the same time would wait for 50 trips.
    consumers: 10,
    lockDurationMs: 60_000,
  },
  'cancel-activation': {
    summary: 'Ask the provider to cancel a rental',
    concurrency: 20,
    lockDurationMs: 30_000,
  },
  'resend-activation': {
    summary: 'Ask the provider for another code',
    concurrency: 20,
    lockDurationMs: 30_000,
  },
  'finish-activation': {
    summary: 'Tell the provider that a rental is done',
    concurrency: 20,
    lockDurationMs: 30_000,
  },
  'check-activation': {
    summary: 'Ask for a rental’s status now, after a push',
    concurrency: 20,
    lockDurationMs: 30_000,
  },
  'refresh-mirror': {
    summary: 'Fetch balance, catalogue or prices that a partner waits for',
    concurrency: 10,
    lockDurationMs: 30_000,
  },
  'partner-webhook': {
    summary: 'Tell one endpoint of a partner about one event',
    concurrency: 100,
    lockDurationMs: 30_000,
  },
} as const satisfies Record<string, JobDefinition>;

export type JobName = keyof typeof JOBS;

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** One thing to be done, and the id that makes its twin in the queue impossible. */
export interface Job {
  name: JobName;
  jobId: string;
  payload: JobPayload;
  delayMs: number;
}

/** Job ids hold no colon and are no bare integer: BullMQ refuses both. */
export const smsSendJob = (row: { id: string; epoch: number }, delayMs = 0): Job => ({
  name: 'sms-send',
  jobId: `m.${row.id}.${row.epoch}`,
  payload: { id: row.id, epoch: row.epoch },
  delayMs,
});

export const rentNumberJob = (row: { id: number; epoch: number }, delayMs = 0): Job => ({
  name: 'rent-number',
  jobId: `a.${row.id}.${row.epoch}`,
  payload: { id: String(row.id), epoch: row.epoch },
  delayMs,
});

export const commandJob = (
  row: { id: number; command: ActivationCommand; epoch: number },
  delayMs = 0,
): Job => ({
  name: `${row.command}-activation`,
  jobId: `c.${row.id}.${row.command}.${row.epoch}`,
  payload: { id: String(row.id), epoch: row.epoch },
  delayMs,
});

/** `pushId` names the occasion: each push is a reason of its own to ask. */
export const checkActivationJob = (row: { id: number; pushId: string }): Job => ({
  name: 'check-activation',
  jobId: `k.${row.id}.${row.pushId}`,
  payload: { id: String(row.id), epoch: 0 },
  delayMs: 0,
});

/** At most one a second for each entry of the mirror. */
export const refreshMirrorJob = (key: { providerId: number; kind: string; scope: string }): Job => {
  const id = `${key.providerId}|${key.kind}|${key.scope}`;
  return {
    name: 'refresh-mirror',
    jobId: `p.${id.replaceAll(':', '_')}.${Math.floor(Date.now() / 1000)}`,
    payload: { id, epoch: 0 },
    delayMs: 0,
  };
};

export const partnerWebhookJob = (delivery: { id: string; epoch: number }): Job => ({
  name: 'partner-webhook',
  jobId: `w.${delivery.id}.${delivery.epoch}`,
  payload: { id: delivery.id, epoch: delivery.epoch },
  delayMs: 0,
});
