import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { DEFAULT_PREFIX } from '#libs/cache';
import { commandJob, JOB_NAMES, type JobName, rentNumberJob, smsSendJob } from '#libs/jobs';
import type { Test } from './fault.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Nobody asked for a message to it, and no job may bring one about. */
export const EDITED_IN = { to: '+16665550000', phone: '+16665550000', message: 'Edited', text: 'Edited' };

/** Someone with the queues in hand: a Bull Board, a script, a second producer gone wild. */
export interface Meddler {
  /** How often each deed was done. */
  deeds: Map<string, number>;
  stop(): Promise<void>;
}

/** Meddles with every queue of the world, a deed every 30 ms, until stopped. */
export function startMeddler(t: Test, world: World, random: Random): Meddler {
  const connection = new Redis(world.redis.port, '127.0.0.1', { maxRetriesPerRequest: null });
  const queues = JOB_NAMES.map((name) => new Queue(name, { connection, prefix: DEFAULT_PREFIX }));
  const deeds = new Map<string, number>();
  let stopped = false;
  const meddle = async () => {
    while (!stopped) {
      const [name, deed] = random.pick(DEEDS);
      const done = await deed({ world, queues, random }).catch(() => 0);
      if (done > 0) deeds.set(name, (deeds.get(name) ?? 0) + done);
      await delay(30);
    }
  };
  const meddling = meddle();
  t.teardown(async () => {
    stopped = true;
    await meddling;
    await Promise.all(queues.map((queue) => queue.close()));
    connection.disconnect();
  });
  return {
    deeds,
    async stop() {
      stopped = true;
      await meddling;
    },
  };
}

interface Hand {
  world: World;
  queues: Queue[];
  random: Random;
}

/** Resolves with the number of jobs it was done to; a job that is gone by then is passed over. */
type Deed = (hand: Hand) => Promise<number>;

const STATES = ['wait', 'active', 'delayed', 'completed', 'failed'] as const;

const DEEDS: [string, Deed][] = [
  ['added twice', twins((job) => job)],
  ['added twice', twins((job) => job)],
  ['edited: next epoch', twins(({ epoch, ...job }) => ({ ...job, epoch: epoch + 1 }))],
  ['edited: last epoch', twins(({ epoch, ...job }) => ({ ...job, epoch: epoch - 1 }))],
  ['edited: more fields', twins((job) => ({ ...job, ...EDITED_IN }))],
  ['edited: wrong types', twins(({ id, epoch }) => ({ id: Number(id), epoch: String(epoch) }))],
  ['edited: nobody’s id', twins((job) => ({ ...job, id: '0' }))],
  [
    'edited in the queue',
    onJobs(['wait', 'delayed'], (job) => job.updateData({ ...job.data, ...EDITED_IN })),
  ],
  ['exchanged in the queue', exchange],
  ['retried', onJobs(['completed'], (job) => job.retry('completed'))],
  ['retried', onJobs(['failed'], (job) => job.retry('failed'))],
  ['promoted', onJobs(['delayed'], (job) => job.promote())],
  ['cleaned', onQueue((queue, random) => queue.clean(0, 1_000, random.pick(STATES)))],
  ['drained', onQueue((queue) => queue.drain(true))],
  ['obliterated', onQueue((queue) => queue.obliterate({ force: true }))],
];

interface Nudge {
  id: string;
  epoch: number;
}

let twinsMade = 0;

/** A second job for rows that have one, under an id of its own, its payload as `edit` makes it. */
function twins(edit: (payload: Nudge) => object): Deed {
  return async ({ world, queues }) => {
    const { rows } = await world.ctx.db.query<{ name: JobName; id: string; epoch: number }>(NUDGED);
    for (const { name, id, epoch } of rows) {
      twinsMade += 1;
      const data = edit({ id, epoch });
      await queues.find((queue) => queue.name === name)?.add(name, data, { jobId: `twin.${twinsMade}` });
    }
    return rows.length;
  };
}

const NUDGED = `
  (SELECT '${smsSendJob({ id: '', epoch: 1 }).name}' AS name, id::text, epoch FROM messages
   ORDER BY created_at DESC LIMIT 10)
  UNION ALL (SELECT '${rentNumberJob({ id: 1, epoch: 1 }).name}', id::text, epoch FROM activations
             ORDER BY id DESC LIMIT 5)
  UNION ALL (SELECT '${commandJob({ id: 1, command: 'cancel', epoch: 1 }).name}', id::text, command_epoch
             FROM activations WHERE command = 'cancel' ORDER BY id DESC LIMIT 5)`;

/** Two waiting jobs of one queue get each other's payload. */
async function exchange({ queues, random }: Hand): Promise<number> {
  const [one, other] = await random.pick(queues).getJobs(['wait', 'delayed'], 0, 1);
  if (!one || !other) return 0;
  const [data, otherData] = [one.data, other.data];
  await one.updateData(otherData);
  await other.updateData(data);
  return 2;
}

function onJobs(states: (typeof STATES)[number][], deed: (job: Job) => Promise<unknown>): Deed {
  return async ({ queues }) => {
    let done = 0;
    for (const queue of queues)
      for (const job of await queue.getJobs(states, 0, 20)) {
        const ok = await deed(job).then(
          () => 1,
          () => 0,
        );
        done += ok;
      }
    return done;
  };
}

function onQueue(deed: (queue: Queue, random: Random) => Promise<unknown>): Deed {
  return async ({ queues, random }) => {
    await deed(random.pick(queues), random);
    return 1;
  };
}
