import type { ConsoleDeps } from './deps.ts';

export interface QueueCount {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
}

/** Jobs by queue; empty while Redis is away. */
export async function queueCounts(deps: Pick<ConsoleDeps, 'jobs' | 'redisIsReady'>): Promise<QueueCount[]> {
  if (!deps.redisIsReady()) return [];
  const counted = deps.jobs.queues().map(async (queue) => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed');
    const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
    return { name: queue.name, waiting, active, delayed, failed };
  });
  return Promise.all(counted).catch(() => []);
}
