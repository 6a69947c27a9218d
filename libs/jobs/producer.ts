import { type Job as BullJob, Queue } from 'bullmq';
import type { Logger, RedisClient } from '#libs/platform';
import { JOB_NAMES, type Job, type JobName } from './catalog.ts';

/** Puts nudges into queues. Losing one is harmless, since the sweep finds the row; so nothing here throws. */
export interface Producer {
  /** True when the job is surely in its queue. Never waits longer than a second, whatever Redis does. */
  enqueue(job: Job): Promise<boolean>;
  /** The same for several at once, in one call for each queue. True when all of them surely are. */
  enqueueMany(jobs: Job[]): Promise<boolean>;
  /**
   * For sweeps: adds those jobs that are not waiting or running, and lets delayed ones start. A finished job of the
   * same id is removed first, since BullMQ would silently ignore its twin. Returns how many that were.
   */
  ensure(jobs: Job[]): Promise<number>;
  /** The queues, for Bull Board and for queue metrics; empty until Redis was first reached. */
  queues(): Queue[];
  close(): Promise<void>;
}

const DEADLINE_MS = 1_000;

export interface ProducerOptions {
  /** A `fail-fast` connection; it stays the caller's to close. */
  redis: RedisClient;
  prefix: string;
  log: Logger;
}

export function createProducer({ redis, prefix, log }: ProducerOptions): Producer {
  const queues = new Map<JobName, Queue>();
  // `new Queue` on a connection that was never ready makes every later `add` hang.
  const open = () => {
    for (const name of queues.size === 0 ? JOB_NAMES : []) {
      const queue = new Queue(name, {
        connection: redis,
        prefix,
        defaultJobOptions: {
          attempts: 1,
          removeOnComplete: { count: 1_000 },
          removeOnFail: { age: 7 * 86_400, count: 10_000 },
        },
      });
      queue.on('error', () => undefined);
      queues.set(name, queue);
    }
  };
  if (redis.status === 'ready') open();
  redis.on('ready', open);

  const queueOf = (name: JobName) => (redis.status === 'ready' ? queues.get(name) : undefined);
  const add = async (job: Job): Promise<boolean> => {
    const added = await queueOf(job.name)?.add(job.name, job.payload, optionsOf(job));
    return added !== undefined;
  };
  const addMany = async (jobs: Job[]): Promise<boolean> => {
    const names = [...new Set(jobs.map(({ name }) => name))];
    const added = await Promise.all(
      names.map((name) => {
        const batch = jobs.filter((job) => job.name === name);
        return queueOf(name)?.addBulk(
          batch.map((job) => ({ name, data: job.payload, opts: optionsOf(job) })),
        );
      }),
    );
    return added.every((result) => result !== undefined);
  };

  return {
    async enqueue(job) {
      const added = await withDeadline(add(job)).catch((err) => {
        log.debug({ event: 'enqueue.failed', queue: job.name, job_id: job.jobId, err });
        return false;
      });
      if (!added) log.debug({ event: 'enqueue.left_to_sweep', queue: job.name, job_id: job.jobId });
      return added;
    },
    async enqueueMany(jobs) {
      const added = await withDeadline(addMany(jobs)).catch((err) => {
        log.debug({ event: 'enqueue.failed', jobs: jobs.length, err });
        return false;
      });
      if (!added) log.debug({ event: 'enqueue.left_to_sweep', jobs: jobs.length });
      return added;
    },
    async ensure(jobs) {
      const results = await Promise.all(
        jobs.map(async (job) => {
          const queue = queueOf(job.name);
          if (!queue) return false;
          return withDeadline(ensureOne(queue, job, add)).catch(() => false);
        }),
      );
      return results.filter(Boolean).length;
    },
    queues: () => [...queues.values()],
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close().catch(() => undefined)));
    },
  };
}

function optionsOf({ jobId, delayMs }: Job): { jobId: string; delay?: number } {
  return delayMs > 0 ? { jobId, delay: delayMs } : { jobId };
}

/** True when the job was missing and has been added. */
async function ensureOne(queue: Queue, job: Job, add: (job: Job) => Promise<boolean>): Promise<boolean> {
  const existing = await queue.getJob(job.jobId);
  if (existing && !existing.finishedOn) return promoteIfDelayed(existing);
  if (existing) await existing.remove();
  return add(job);
}

/** Its row is due by the database's clock; the delay was counted by a process whose clock may be minutes off. */
async function promoteIfDelayed(job: BullJob): Promise<boolean> {
  if (job.delay === 0 || !(await job.isDelayed())) return false;
  await job.promote();
  return true;
}

function withDeadline<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis did not answer in time')), DEADLINE_MS);
  });
  work.catch(() => undefined);
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}
