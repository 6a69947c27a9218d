import { ACTIVATION_EDGES, MESSAGE_EDGES } from '#libs/domain';
import type {
  ActivationRecord,
  CodeRecord,
  HealthRecord,
  LedgerRecord,
  MessageRecord,
  Move,
  Posting,
  PushRecord,
  SuspenseRecord,
  WalletRecord,
} from './records.ts';

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
    const doubted = old.state === 'sent' && changes.state === 'unknown';
    const row = { ...old, ...changes, toldSent: old.toldSent || doubted };
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
