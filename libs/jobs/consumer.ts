import { type Job as BullJob, Worker } from 'bullmq';
import type { Logger, RedisClient } from '#libs/platform';
import { JOBS, type JobDefinition, type JobName, type JobPayload } from './catalog.ts';

export type Handler = (payload: JobPayload) => Promise<void>;

export interface ConsumerOptions {
  /** A `wait` connection, used for taking jobs; BullMQ makes its own second one for blocking. */
  redis: RedisClient;
  prefix: string;
  log: Logger;
  onFinished: (job: { name: JobName; ok: boolean; seconds: number }) => void;
}

/** Run the handler for every job of one queue. Retries belong to the row: a job is tried once. */
export function startConsumers(name: JobName, handler: Handler, options: ConsumerOptions): Worker[] {
  const { concurrency, consumers = 1 }: JobDefinition = JOBS[name];
  const each = Math.ceil(concurrency / consumers);
  return Array.from({ length: consumers }, () => startConsumer(name, each, handler, options));
}

function startConsumer(
  name: JobName,
  concurrency: number,
  handler: Handler,
  options: ConsumerOptions,
): Worker {
  const { log, onFinished } = options;
  const worker = new Worker(name, (job) => run(job, handler), {
    connection: options.redis,
    prefix: options.prefix,
    concurrency,
    lockDuration: JOBS[name].lockDurationMs,
    maxStalledCount: 3,
    stalledInterval: 10_000,
  });
  worker.on('error', (err) => log.debug({ event: 'worker.error', queue: name, err }));
  worker.on('failed', (job, err) => {
    log.error({ event: 'job.failed', queue: name, job_id: job?.id, err });
    onFinished({ name, ok: false, seconds: secondsOf(job) });
  });
  worker.on('completed', (job) => onFinished({ name, ok: true, seconds: secondsOf(job) }));
  return worker;
}

/** Bull Board can edit payloads: anything that is not an id and an epoch ends here. */
async function run(job: BullJob, handler: Handler): Promise<void> {
  const { id, epoch } = (job.data ?? {}) as Partial<JobPayload>;
  if (typeof id !== 'string' || typeof epoch !== 'number' || !Number.isSafeInteger(epoch)) {
    throw new Error('the payload is not {id, epoch}');
  }
  await handler({ id, epoch });
}

function secondsOf(job: BullJob | undefined): number {
  return job?.processedOn ? (Date.now() - job.processedOn) / 1000 : 0;
}
