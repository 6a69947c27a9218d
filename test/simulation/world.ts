import type { AcceptedMessage } from '#libs/domain';
import type { NumberProvider, SmsProvider } from '#libs/providers';
import { sentMessage, settleSentTogether, type WaitingContext } from '#libs/services';
import {
  claimMessages,
  claimPurchases,
  insertMessages,
  type MessageClaim,
  type NewMessage,
  type PurchaseClaim,
  type SoldNumber,
  settlePurchased,
} from '#libs/store';
import type { PollerDeps } from '../../apps/poller/deps.ts';
import type { WorkerDeps } from '../../apps/worker/deps.ts';
import { SimulatedNumbers } from './providers/numbers.ts';
import { SimulatedSms } from './providers/sms.ts';
import { type QueuedJob, SimulatedQueue } from './queue.ts';
import { CONFIG, FUNDS, NO_METRICS, OPEN_VAULT, UNKNOWN_GRACE_SECONDS } from './settings.ts';
import { Tables } from './store/tables.ts';
import { databaseOf, type SimulatedProcess, type Task, type TransactionLock } from './task.ts';

const START_MS = Date.UTC(2030, 0, 1);
const TERMS = {
  lifetimeSeconds: CONFIG.activationLifetimeSeconds,
  earliestCancelSeconds: CONFIG.timings.earliestCancelSeconds,
};

/** Everything there is while one history runs. */
export class World {
  nowMs = START_MS;
  readonly tables = new Tables(START_MS);
  readonly queue = new SimulatedQueue(() => this.nowMs);
  readonly sms = new SimulatedSms(() => this.nowMs);
  readonly numbers = new SimulatedNumbers(() => this.nowMs);
  readonly pollIndex = new Map<number, number>();
  pollIndexBuilt = false;
  readonly workers: SimulatedProcess[] = [
    { name: 'worker 1', skewMs: 0 },
    { name: 'worker 2', skewMs: 0 },
  ];
  readonly poller: SimulatedProcess = { name: 'poller', skewMs: 0 };
  readonly gateway: SimulatedProcess = { name: 'gateway', skewMs: 0 };
  /** Tasks that stopped somewhere, with the job each is about. */
  stopped: { task: Task; job: QueuedJob | null }[] = [];
  /** Codes that a status answer brought to a task that could write them. */
  readonly toldCodes: { task: Task; ref: string; code: string }[] = [];
  /** What the code under test threw or logged as an exception. */
  readonly errors: unknown[] = [];
  /** The history in words, kept only when it is to be shown. */
  readonly words: string[] | null;
  running: SimulatedProcess = this.gateway;
  readonly #lock: TransactionLock = { held: null };

  constructor(words: string[] | null) {
    this.words = words;
    this.tables.wallets.set(1, { balanceMicros: FUNDS, heldMicros: 0n, version: 1 });
    this.numbers.isKnown = (ref) =>
      [...this.tables.activations.values()].some((row) => row.providerRef === ref);
  }

  say(text: string): void {
    this.words?.push(text);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.tables.nowMs = this.nowMs;
  }

  /** Starts work as a task of a process and lets it run until it stops, hangs or ends. */
  async start(
    task: Task,
    work: (task: Task) => Promise<unknown>,
    job: QueuedJob | null = null,
  ): Promise<void> {
    this.running = task.process;
    task.run(() => work(task));
    await this.#rest(task, job);
  }

  async resume(stopped: { task: Task; job: QueuedJob | null }, steps: number): Promise<void> {
    this.stopped = this.stopped.filter((other) => other !== stopped);
    this.running = stopped.task.process;
    stopped.task.resume(steps);
    await this.#rest(stopped.task, stopped.job);
  }

  async #rest(task: Task, job: QueuedJob | null): Promise<void> {
    await allPromises();
    if (task.parked) this.stopped.push({ task, job });
    else if (job && task.ended) this.queue.finish(job);
    if (task.error !== null) this.errors.push(task.error);
  }

  context(task: Task): WaitingContext {
    const { queue, pollIndex } = this;
    const db = databaseOf(task, this.tables, this.#lock);
    const replies = { announce: nothing };
    const parts = {
      db,
      vault: OPEN_VAULT,
      log: this.#log,
      config: CONFIG,
      crashPoint: () => undefined,
      cache: { write: nothing },
      replies,
      receiver: { wait: () => new Promise(() => undefined) },
      jobs: {
        enqueue: async (job: never) => queue.add(job),
        ensure: async (jobs: never[]) => queue.ensure(jobs),
      },
      intake: {
        accept: async (message: NewMessage) => (await insertMessages(db, [message])).size === 1,
        nudge: (job: never) => queue.add(job),
      },
      dispatch: {
        claim: async (wanted: MessageClaim) => (await claimMessages(db, [wanted]))[0] ?? null,
        settleSent: async (held: MessageClaim, accepted: AcceptedMessage) => {
          const parts = { db, log: this.#log, replies };
          const [settled] = await settleSentTogether(parts, [sentMessage(held, accepted)]);
          if (settled instanceof Error) throw settled;
          return settled === true;
        },
      },
      purchases: {
        claim: async (wanted: PurchaseClaim) => (await claimPurchases(db, [wanted]))[0] ?? null,
        settle: async (sold: Omit<SoldNumber, keyof typeof TERMS>) =>
          (await settlePurchased(db, [{ ...TERMS, ...sold }]))[0] ?? null,
      },
      pollIndex: {
        schedule: async (entries: PollEntry[]) => {
          for (const { activationId, inMs } of entries) pollIndex.set(activationId, this.nowMs + inMs);
        },
        missing: async (ids: number[]) => ids.filter((id) => !pollIndex.has(id)),
        scheduleMissing: async (entries: PollEntry[]) => {
          for (const { activationId, inMs } of entries)
            if (!pollIndex.has(activationId)) pollIndex.set(activationId, this.nowMs + inMs);
        },
        remove: async (ids: number[]) => {
          for (const id of ids) pollIndex.delete(id);
        },
        claim: async (options: { leaseMs: number }) => this.#claimPolls(options),
        isBuilt: async () => this.pollIndexBuilt,
        markBuilt: async () => {
          this.pollIndexBuilt = true;
        },
      },
    };
    return parts as unknown as WaitingContext;
  }

  workerDeps(task: Task, job: QueuedJob): WorkerDeps {
    const deps = {
      ctx: this.context(task),
      sms: this.#smsProvider(task, job),
      numbers: { get: async () => this.#numberProvider(task, job) },
      timer: { time: (_provider: string, _action: string, call: () => Promise<unknown>) => call() },
    };
    return deps as unknown as WorkerDeps;
  }

  pollerDeps(task: Task): PollerDeps {
    const deps = {
      ctx: this.context(task),
      sms: this.#smsProvider(task, null),
      numbers: { get: async () => this.#numberProvider(task, null) },
      metrics: NO_METRICS,
    };
    return deps as unknown as PollerDeps;
  }

  #smsProvider(task: Task, job: QueuedJob | null): SmsProvider {
    return {
      send: async (request) => {
        this.#requireOwnEpoch(job, this.tables.messages.get(job?.payload.id ?? ''));
        return this.#answer(task, this.sms.send(request));
      },
      list: async (request) => this.#answer(task, this.sms.list(request)),
      close: nothing,
    };
  }

  #numberProvider(task: Task, job: QueuedJob | null): NumberProvider {
    const { numbers } = this;
    const buyer = { id: Number(job?.payload.id), epoch: job?.payload.epoch ?? 0 };
    const provider = {
      buy: async ({ service }: { service: string }) => {
        this.#requireOwnEpoch(job, this.tables.activations.get(buyer.id));
        return this.#answer(task, numbers.buy(buyer, service));
      },
      status: async (ref: string) => {
        const answer = await this.#answer(task, numbers.status(ref));
        if (answer.kind === 'code') this.toldCodes.push({ task, ref, code: answer.code });
        return answer;
      },
      cancel: async (ref: string) => {
        this.#requireReasonToCancel(ref);
        return this.#answer(task, numbers.command('cancel', ref));
      },
      requestAnotherCode: async (ref: string) => this.#answer(task, numbers.command('resend', ref)),
      finish: async (ref: string) => this.#answer(task, numbers.command('finish', ref)),
      close: nothing,
    };
    return provider as unknown as NumberProvider;
  }

  async #answer<Answer>(task: Task, answer: Answer): Promise<Answer> {
    await task.step();
    return answer;
  }

  /** A call is committed before it is made, and a job of an earlier epoch makes none. */
  #requireOwnEpoch(job: QueuedJob | null, row: { epoch: number; claim: string | null } | undefined): void {
    if (row?.epoch === job?.payload.epoch && row?.claim !== null) return;
    this.errors.push(new Error(`${job?.jobId} calls the provider while its row is at epoch ${row?.epoch}`));
  }

  /** The clock may ask upstream for the end of a rental only when its time and the grace are over. */
  #requireReasonToCancel(ref: string): void {
    const row = [...this.tables.activations.values()].find((one) => one.providerRef === ref);
    const over = (row?.expiresAt ?? 0) + UNKNOWN_GRACE_SECONDS * 1_000 <= this.nowMs;
    if (!over && row?.cancelRequestedAt === null) {
      this.errors.push(new Error(`rental ${row.id} was to be cancelled before its time`));
    }
  }

  #claimPolls({ leaseMs }: { leaseMs: number }) {
    const due = [...this.pollIndex].filter(([, atMs]) => atMs <= this.nowMs);
    for (const [id] of due) this.pollIndex.set(id, this.nowMs + leaseMs);
    return {
      claimed: due.map(([activationId, atMs]) => ({ activationId, lateMs: this.nowMs - atMs })),
      nextInMs: null,
    };
  }

  readonly #log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (line: { err?: unknown }) => {
      if (line.err !== undefined) this.errors.push(line.err);
    },
  };
}

interface PollEntry {
  activationId: number;
  inMs: number;
}

async function nothing(): Promise<void> {}

/** Every promise that can go on has gone on: timers and sockets there are none. */
function allPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
