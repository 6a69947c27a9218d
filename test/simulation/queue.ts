import type { Producer } from '#libs/jobs';

type Job = Parameters<Producer['enqueue']>[0];

export interface QueuedJob extends Job {
  dueAtMs: number;
}

/**
 * The queues, as BullMQ keeps them: a job id that waits, runs or has ended makes its twin impossible, until Redis is
 * emptied or a sweep finds the job finished.
 */
export class SimulatedQueue {
  readonly #nowMs: () => number;
  waiting: QueuedJob[] = [];
  readonly #running = new Set<string>();
  readonly #finished = new Set<string>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(job: Job): boolean {
    if (this.#isThere(job.jobId) || this.#finished.has(job.jobId)) return false;
    this.waiting.push({ ...job, dueAtMs: this.#nowMs() + job.delayMs });
    return true;
  }

  /** As Producer.ensure: a finished twin is removed first. */
  ensure(jobs: Job[]): number {
    let missing = 0;
    for (const job of jobs) {
      if (this.#isThere(job.jobId)) continue;
      this.#finished.delete(job.jobId);
      if (this.add(job)) missing += 1;
    }
    return missing;
  }

  take(job: QueuedJob): void {
    this.waiting = this.waiting.filter((other) => other !== job);
    this.#running.add(job.jobId);
  }

  finish(job: QueuedJob): void {
    this.#running.delete(job.jobId);
    this.#finished.add(job.jobId);
  }

  /** The worker is gone or its lock ran out: another one gets the job. */
  giveBack(job: QueuedJob): void {
    if (this.#running.delete(job.jobId)) this.waiting.push({ ...job, dueAtMs: this.#nowMs() });
  }

  lose(job: QueuedJob): void {
    this.waiting = this.waiting.filter((other) => other !== job);
    this.#running.delete(job.jobId);
  }

  empty(): void {
    this.waiting = [];
    this.#running.clear();
    this.#finished.clear();
  }

  due(): QueuedJob[] {
    return this.waiting.filter((job) => job.dueAtMs <= this.#nowMs());
  }

  #isThere(jobId: string): boolean {
    return this.#running.has(jobId) || this.waiting.some((job) => job.jobId === jobId);
  }
}
