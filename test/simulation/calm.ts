import { isFinalActivationState, isFinalMessageState } from '#libs/domain';
import { type Event, runJob, runLoop } from './events.ts';
import type { World } from './world.ts';

/** How far time goes forward from round to round once all faults have ended. */
const ROUND_SECONDS = [
  0, 3, 6, 6, 10, 15, 30, 30, 60, 60, 60, 120, 300, 600, 600, 600, 600, 600, 3_600, 86_400, 6, 6, 60,
];
const UNDISTURBED: Event = { kind: 'time passes', which: 0, far: 31, luck: 31 };
const MOST_JOBS = 200;

/** No more faults: what was stopped has died, and everything must come to its end. Returns what did not. */
export async function calmDown(world: World): Promise<string[]> {
  world.say('the faults end');
  for (const { task } of world.stopped) task.kill();
  world.stopped = [];
  for (const process of [...world.workers, world.poller]) process.skewMs = 0;
  for (const seconds of ROUND_SECONDS) {
    world.pass(seconds * 1_000);
    await runEverything(world);
    if (world.errors.length > 0 || openRows(world).length === 0) break;
  }
  return openRows(world);
}

async function runEverything(world: World): Promise<void> {
  await runLoop(world, UNDISTURBED, 'rebuildIndex');
  await runLoop(world, UNDISTURBED, 'sweepOutbox');
  await runLoop(world, UNDISTURBED, 'closeRentals');
  await runLoop(world, UNDISTURBED, 'reconcile');
  await runLoop(world, UNDISTURBED, 'pollActivations');
  for (let ran = 0; ran < MOST_JOBS; ran += 1) {
    const [job] = world.queue.due();
    if (!job) return;
    world.queue.take(job);
    await runJob(world, UNDISTURBED, job);
  }
  throw new Error('the jobs never end');
}

function openRows({ tables }: World): string[] {
  const open: string[] = [];
  for (const row of tables.messages.values()) {
    if (row.state !== 'sent' && !isFinalMessageState(row.state)) open.push(`message ${row.state}`);
  }
  for (const row of tables.activations.values()) {
    if (!isFinalActivationState(row.state)) open.push(`rental ${row.id} ${row.state}`);
  }
  return open;
}
