import {
  cancelActivation,
  finishActivation,
  recordMessageStatus,
  recordPush,
  resendActivation,
  sendMessage,
} from '#libs/services';
import { closeRentals } from '../../apps/poller/loops/close-rentals.ts';
import { pollActivations } from '../../apps/poller/loops/poll-activations.ts';
import { rebuildIndex } from '../../apps/poller/loops/rebuild-index.ts';
import { reconcile } from '../../apps/poller/loops/reconcile.ts';
import { sweepOutbox } from '../../apps/poller/loops/sweep-outbox.ts';
import { HANDLERS } from '../../apps/worker/handlers/index.ts';
import type { AskMood, BuyMood } from './providers/numbers.ts';
import type { ListMood, SendMood } from './providers/sms.ts';
import type { QueuedJob } from './queue.ts';
import { openRental } from './rent.ts';
import { PARTNER } from './settings.ts';
import { Task } from './task.ts';
import type { World } from './world.ts';

/** One event: what happens, and three small numbers that say to whom, how far and with what luck. */
export interface Event {
  kind: keyof typeof EVENTS;
  which: number;
  far: number;
  luck: number;
}

type Happening = (world: World, event: Event) => Promise<void> | void;

const SEND_MOODS: SendMood[] = [
  'done-but-unknown',
  'unknown-not-done',
  'refuses-request',
  'refuses-account',
  'unreachable',
  'throttles',
];
const BUY_MOODS: BuyMood[] = [
  'done-but-unknown',
  'unknown-not-done',
  'duplicate-id',
  'refuses-request',
  'refuses-account',
  'unreachable',
];
const ASK_MOODS: AskMood[] = ['silent', 'throttles', 'denies', 'done-but-silent'];
const LIST_MOODS: ListMood[] = ['lagging', 'incomplete', 'lagging'];
const SECONDS = [0.3, 1, 2, 3, 5, 10, 15, 30, 45, 60, 60, 125, 300, 600, 1_200, 1_330, 4_000, 90_000];
const SKEWS_MS = [0, 600_000, -600_000, 3_000];
const LOOPS = { sweepOutbox, closeRentals, reconcile, pollActivations, rebuildIndex };

export const EVENTS = {
  'a worker takes a job': (world, event) => {
    const job = pick(world.queue.due(), event.which);
    if (!job) return;
    world.queue.take(job);
    return runJob(world, event, job);
  },
  'a job is delivered twice': (world, event) => {
    const job = pick(world.queue.due(), event.which);
    if (job) return runJob(world, event, job);
  },
  'a stopped task goes on': (world, event) => {
    const stopped = pick(world.stopped, event.which);
    if (!stopped) return;
    world.say(`${stopped.task.what} goes on${luck(world, event)}${steps(event)}`);
    return world.resume(stopped, stepsOf(event));
  },
  'a stopped task dies': (world, event) => {
    const stopped = pick(world.stopped, event.which);
    if (!stopped) return;
    world.stopped = world.stopped.filter((other) => other !== stopped);
    stopped.task.kill();
    const lost = event.luck % 2 === 1;
    world.say(
      `${stopped.task.what} dies${lost || !stopped.job ? '' : ', its job is given to another worker'}`,
    );
    if (stopped.job) lost ? world.queue.lose(stopped.job) : world.queue.giveBack(stopped.job);
  },
  'the lock of a running job runs out': (world, event) => {
    const stopped = pick(world.stopped, event.which);
    if (!stopped?.job) return;
    world.say(`the lock of ${stopped.task.what} runs out, its job waits again`);
    world.queue.giveBack(stopped.job);
  },
  'a job is lost': (world, event) => {
    const job = pick(world.queue.waiting, event.which);
    if (!job) return;
    world.say(`job ${job.jobId} is lost`);
    world.queue.lose(job);
  },
  'Redis is emptied': (world) => {
    world.say('Redis is emptied');
    world.queue.empty();
    world.pollIndex.clear();
    world.pollIndexBuilt = false;
  },
  'the poller sweeps': (world, event) => runLoop(world, event, 'sweepOutbox'),
  'the poller closes rentals': (world, event) => runLoop(world, event, 'closeRentals'),
  'the poller reconciles': (world, event) => runLoop(world, event, 'reconcile'),
  'the poller asks': (world, event) => runLoop(world, event, 'pollActivations'),
  'the poller rebuilds its index': (world, event) => runLoop(world, event, 'rebuildIndex'),
  'time passes': (world, event) => {
    const seconds = SECONDS[event.which % SECONDS.length] ?? 1;
    world.say(`${seconds} s pass`);
    world.pass(seconds * 1_000);
  },
  'a clock is wrong': (world, event) => {
    const process = pick([...world.workers, world.poller], event.which);
    if (!process) return;
    process.skewMs = SKEWS_MS[event.luck % SKEWS_MS.length] ?? 0;
    world.say(`the clock of ${process.name} is ${process.skewMs / 1_000} s ahead`);
  },
  'a partner sends': (world, event) => {
    if (world.tables.messages.size >= 5) return;
    const input = {
      ...{ partner: PARTNER, requestId: 'r', idempotency: null, callbackUrl: null, reference: null },
      ...{ to: `+1555000000${event.which % 2}`, message: `text ${event.far % 2}` },
      ...{ validitySeconds: event.luck % 4 === 0 ? 90 : 3_600, sendAt: null, waitSeconds: 0 },
    };
    world.sms.life = event.luck;
    world.say(`a partner sends “${input.message}” to ${input.to}, valid for ${input.validitySeconds} s`);
    return request(world, event, 'send', (task) => sendMessage({ ctx: world.context(task), input }));
  },
  'a partner rents': (world, event) => {
    if (world.tables.activations.size >= 5) return;
    world.say('a partner rents');
    const service = event.luck % 3 === 0 ? 'wa' : 'tg';
    return request(world, event, 'rent', (task) => openRental(world.context(task), service));
  },
  'a partner asks for an end or a code': (world, event) => {
    const id = 1 + (event.which % 5);
    if (!world.tables.activations.has(id)) return;
    const commands = { cancel: cancelActivation, resend: resendActivation, finish: finishActivation };
    const name = (['cancel', 'cancel', 'resend', 'finish'] as const)[event.luck % 4] ?? 'cancel';
    world.say(`a partner asks to ${name} rental ${id}`);
    return request(world, event, `${name} of rental ${id}`, (task) =>
      commands[name]({ ctx: world.context(task), input: { partner: PARTNER, id } }),
    );
  },
  'the SMS provider calls back': (world, event) => {
    const sent = pick(world.sms.messages, event.which);
    if (!sent) return;
    const word = event.luck % sent.words.length;
    sent.progress = Math.max(sent.progress, word);
    const providerStatus = sent.words[word] ?? 'sent';
    world.say(`the SMS provider calls back: ${sent.sid} is ${providerStatus}`);
    const heard = {
      messageId: sent.messageId,
      providerSid: sent.sid,
      providerStatus,
      providerErrorCode: null,
    };
    return request(world, event, `callback of ${sent.sid}`, (task) =>
      recordMessageStatus({ ctx: world.context(task), input: heard }),
    );
  },
  'a code arrives': (world, event) => {
    const sold = pick(world.numbers.sold, event.which);
    if (!sold) return;
    const code = `${sold.ref}-${event.luck % 3}`;
    if (world.numbers.receive(sold, code)) world.say(`code ${code} arrives at the number provider`);
  },
  'the number provider cancels by itself': (world, event) => {
    const sold = pick(world.numbers.sold, event.which);
    if (!sold || event.luck % 2 === 0) return;
    world.say(`the number provider cancels ${sold.ref} by itself`);
    world.numbers.cancelByItself(sold);
  },
  'the number provider pushes': (world, event) => {
    const sold = pick(world.numbers.sold, event.which);
    if (!sold || world.nowMs > sold.boughtAtMs + LAST_PUSH_MS) return;
    const code = pick(sold.codes, event.luck) ?? null;
    const { ref: providerRef, service } = sold;
    world.say(`the number provider pushes ${providerRef} with ${code ?? 'no code'}`);
    const input = { secret: 'secret', providerRef, service, country: 22, code, text: code };
    return request(world, event, `push of ${providerRef}`, (task) =>
      recordPush({ ctx: world.context(task), input }),
    );
  },
} satisfies Record<string, Happening>;

/** A push comes while the number lives, or within the grace after it. */
const LAST_PUSH_MS = 1_200_000;

export async function happen(world: World, event: Event): Promise<void> {
  await (EVENTS[event.kind] as Happening)(world, event);
  world.sms.sendMood = 'accepts';
  world.sms.listMood = 'complete';
  world.numbers.buyMood = 'accepts';
  world.numbers.askMood = 'truth';
}

export function runLoop(world: World, event: Event, name: keyof typeof LOOPS): Promise<void> {
  world.say(`the poller runs ${name}${luck(world, event)}${steps(event)}`);
  const task = new Task(name, world.poller, stepsOf(event));
  return world.start(task, async () => {
    await LOOPS[name].start(world.pollerDeps(task))();
  });
}

export function runJob(world: World, event: Event, job: QueuedJob): Promise<void> {
  const process = pick(world.workers, event.far) ?? world.gateway;
  world.say(`${process.name} takes ${job.jobId}${luck(world, event)}${steps(event)}`);
  const task = new Task(`${job.jobId} on ${process.name}`, process, stepsOf(event));
  return world.start(task, () => HANDLERS[job.name](world.workerDeps(task, job), job.payload), job);
}

async function request(
  world: World,
  event: Event,
  what: string,
  work: (task: Task) => Promise<unknown>,
): Promise<void> {
  const task = new Task(what, world.gateway, stepsOf(event));
  // What a partner is refused is no error of ours.
  await world.start(task, () => work(task).catch(unlessPublic));
}

function unlessPublic(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'PublicError') throw error;
}

function pick<Item>(items: Item[], which: number): Item | undefined {
  return items[which % items.length];
}

/** Half of all tasks run to their end, the others stop after a few steps. */
function stepsOf({ far }: Event): number {
  return far >= 16 ? Number.POSITIVE_INFINITY : far % 8;
}

function steps(event: Event): string {
  const count = stepsOf(event);
  return Number.isFinite(count) ? `, stops after step ${count + 1}` : '';
}

/** Sets what the providers will answer to the first question; in words, only what is unusual. */
function luck(world: World, { luck }: Event): string {
  if (luck >= 18) return '';
  world.sms.sendMood = SEND_MOODS[luck % SEND_MOODS.length] ?? 'accepts';
  world.sms.listMood = LIST_MOODS[luck % 4] ?? 'complete';
  world.numbers.buyMood = BUY_MOODS[luck % BUY_MOODS.length] ?? 'accepts';
  world.numbers.askMood = ASK_MOODS[luck % 5] ?? 'truth';
  const moods = [world.sms.sendMood, world.sms.listMood, world.numbers.buyMood, world.numbers.askMood];
  return ` (providers: send ${moods[0]}, list ${moods[1]}, buy ${moods[2]}, ask ${moods[3]})`;
}
