import {
  ACTIVATION_EDGES,
  type ActivationCommand,
  type ActivationReason,
  type ActivationState,
  MESSAGE_EDGES,
  type MessageState,
  type Micros,
} from '#libs/domain';

/** A row of `messages`. Times are milliseconds since 1970. */
export interface MessageRecord {
  id: string;
  owner: string;
  toNumber: string;
  body: Buffer;
  encoding: string;
  segments: number;
  reference: string | null;
  state: MessageState;
  epoch: number;
  claim: string | null;
  nextAttemptAt: number;
  nudgedAt: number | null;
  validUntil: number;
  callStartedAt: number | null;
  callFinishedAt: number | null;
  lookUntil: number | null;
  lookups: number;
  providerSid: string | null;
  adopted: boolean;
  providerStatus: string | null;
  providerRank: number;
  error: string | null;
  providerErrorCode: string | null;
  errorMessage: string | null;
  createdAt: number;
  calls: number;
  calledEpoch: number;
  repeatedCalls: number;
}

/** A row of `activations`. */
export interface ActivationRecord {
  id: number;
  userId: number;
  providerId: number;
  providerRef: string | null;
  service: string;
  country: number;
  priceMicros: Micros;
  maxCostMicros: Micros;
  costMicros: Micros | null;
  phone: string | null;
  state: ActivationState;
  reason: ActivationReason | null;
  reasonMessage: string | null;
  currentPriceMicros: Micros | null;
  version: number;
  epoch: number;
  claim: string | null;
  nextAttemptAt: number;
  nudgedAt: number | null;
  buyUntil: number;
  callStartedAt: number | null;
  purchasedAt: number | null;
  expiresAt: number | null;
  earliestCancelAt: number | null;
  releaseAt: number | null;
  expectingCode: boolean;
  lateCode: boolean;
  unusableAnswers: number;
  cancelRequestedAt: number | null;
  command: ActivationCommand | null;
  commandEpoch: number;
  commandClaimedEpoch: number;
  commandClaimedAt: number | null;
  commandNextAt: number | null;
  commandNudgedAt: number | null;
  commandAnswer: string | null;
  calls: number;
  calledEpoch: number;
  repeatedCalls: number;
  commandCalls: number;
  commandRepeatedCalls: number;
  deniedAt: number | null;
  createdAt: number;
  endedAt: number | null;
}

export interface CodeRecord {
  activationId: number;
  code: Buffer;
  codeHash: Buffer;
  text: Buffer | null;
  late: boolean;
  receivedAt: number;
}

export interface PushRecord {
  id: bigint;
  providerId: number;
  providerRef: string;
  service: string | null;
  country: number | null;
  content: Buffer;
  contentHash: Buffer;
  hasCode: boolean;
  receivedAt: number;
}

export interface SuspenseRecord {
  id: number;
  kind: string;
  providerId: number;
  providerRef: string | null;
  activationId: number;
  amountMicros: Micros;
  costMicros: Micros | null;
}

export interface LedgerRecord {
  kind: string;
  userId: number | null;
  providerId: number | null;
  activationId: number | null;
  reference: string | null;
  amountMicros: Micros;
  reason: string;
}

export interface Posting {
  transaction: LedgerRecord;
  account: string;
  userId: number | null;
  amountMicros: Micros;
}

export interface WalletRecord {
  balanceMicros: Micros;
  heldMicros: Micros;
  version: number;
}

export interface HealthRecord {
  refusesUntil: number | null;
  reason: string | null;
  message: string | null;
  failures: number;
}

/** A move of one row from state to state, in the order they were made. */
export type Move =
  | { row: 'message'; id: string; from: MessageState; to: MessageState }
  | { row: 'activation'; id: number; from: ActivationState; to: ActivationState };

/**
 * The database in memory. Rows are replaced, never changed in place, so that a transaction can be undone. It keeps the
 * edges and the unique keys of migrations/, and throws with the same SQLSTATE.
 */
export class Tables {
  nowMs: number;
  /** What the identity column gives next. */
  nextActivationId = 1;
  messages = new Map<string, MessageRecord>();
  messageEvents: { messageId: string; providerSid: string; providerStatus: string }[] = [];
  activations = new Map<number, ActivationRecord>();
  codes: CodeRecord[] = [];
  pushes: PushRecord[] = [];
  suspense: SuspenseRecord[] = [];
  ledger: LedgerRecord[] = [];
  postings: Posting[] = [];
  wallets = new Map<number, WalletRecord>();
  health = new Map<string, HealthRecord>();
  moves: Move[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  after(seconds: number): number {
    return this.nowMs + seconds * 1_000;
  }

  changeMessage(old: MessageRecord, changes: Partial<MessageRecord>): MessageRecord {
    const row = { ...old, ...changes };
    if (row.state !== old.state) {
      if (!MESSAGE_EDGES[old.state].includes(row.state)) throw edgeError(old, row.state);
      this.moves.push({ row: 'message', id: old.id, from: old.state, to: row.state });
    }
    if (row.providerSid !== null && row.providerSid !== old.providerSid) this.requireFreeSid(row);
    this.messages.set(row.id, row);
    return row;
  }

  changeActivation(old: ActivationRecord, changes: Partial<ActivationRecord>): ActivationRecord {
    const row = { ...old, ...changes };
    if (row.state !== old.state) {
      if (!ACTIVATION_EDGES[old.state].includes(row.state)) throw edgeError(old, row.state);
      this.moves.push({ row: 'activation', id: old.id, from: old.state, to: row.state });
    }
    if (row.providerRef !== null && row.providerRef !== old.providerRef) this.requireFreeRef(row);
    this.activations.set(row.id, row);
    return row;
  }

  /** What is to be put back when a transaction is rolled back. */
  snapshot(): () => void {
    const { messageEvents, codes, pushes, ledger, postings, moves, suspense } = this;
    const lists = [messageEvents, codes, pushes, ledger, postings, moves, suspense];
    const lengths = lists.map((list) => list.length);
    const { messages, activations, wallets, health } = this;
    this.messages = new Map(messages);
    this.activations = new Map(activations);
    this.wallets = new Map(wallets);
    this.health = new Map(health);
    return () => {
      Object.assign(this, { messages, activations, wallets, health });
      lists.forEach((list, index) => {
        list.length = lengths[index] ?? 0;
      });
    };
  }

  private requireFreeSid(row: MessageRecord): void {
    for (const other of this.messages.values()) {
      if (other.id !== row.id && other.providerSid === row.providerSid) throw sqlError('23505');
    }
  }

  private requireFreeRef(row: ActivationRecord): void {
    for (const other of this.activations.values()) {
      const same = other.providerId === row.providerId && other.providerRef === row.providerRef;
      if (other.id !== row.id && same) throw sqlError('23505');
    }
  }
}

export function sqlError(code: string, detail = ''): Error {
  return Object.assign(new Error(`SQLSTATE ${code}`), { code, detail });
}

function edgeError(row: { id: string | number; state: string }, to: string): Error {
  return Object.assign(sqlError('23514'), { message: `${row.id} cannot move from ${row.state} to ${to}` });
}
