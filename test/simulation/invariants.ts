import { FUNDS } from './settings.ts';
import type { ActivationRecord, LedgerRecord, MessageRecord } from './store/records.ts';
import type { Tables } from './store/tables.ts';
import type { World } from './world.ts';

/** What must hold after every event. Remembers what it saw, since some rules are about changes. */
export class Invariants {
  readonly #world: World;
  #movesSeen = 0;
  readonly #ranks = new Map<string, { sid: string | null; rank: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Names of those that are broken now; empty is right. */
  broken(): string[] {
    const { tables, sms, numbers, errors } = this.#world;
    const found: string[] = errors.map((error) => `unexpected error: ${String(error)}`);
    for (const [call, times] of sms.calls) {
      if (times > 1) found.push(`message and epoch ${call}: ${times} calls (I7)`);
    }
    for (const [call, times] of numbers.calls) {
      if (times > 1) found.push(`rental and epoch ${call}: ${times} purchases asked for (I7)`);
    }
    this.#messages(found);
    this.#wallet(found, tables);
    for (const row of tables.activations.values()) this.#rental(found, row);
    this.#newMoves(found);
    return found;
  }

  /** What must hold in the end beyond that. */
  brokenAtRest(): string[] {
    const { tables, sms, toldCodes } = this.#world;
    const found = this.broken();
    for (const rows of groups(tables).values()) {
      const { toNumber, body } = rows[0] as MessageRecord;
      const there = sms.messages.filter((sent) => sent.to === toNumber && sent.body === String(body)).length;
      const told = rows.filter((row) => row.providerSid !== null).length;
      const unprovable = rows.filter(
        (row) => row.providerSid === null && row.error === 'unknown_outcome',
      ).length;
      if (told > there) found.push(`“${body}”: ${told} told as sent, ${there} at the provider`);
      if (there > told + unprovable)
        found.push(`“${body}”: ${there} at the provider, only ${told} told as sent`);
      if (rows.some((row) => row.state === 'failed' && !row.error)) found.push('failed without a reason');
    }
    for (const { task, ref, code } of toldCodes) {
      const owner = [...tables.activations.values()].find((row) => row.providerRef === ref);
      const kept = tables.codes.some((one) => one.activationId === owner?.id && String(one.code) === code);
      if (owner && !task.killed && !kept) found.push(`code ${code} was told and is not readable (I8)`);
    }
    return found;
  }

  #messages(found: string[]): void {
    const { tables, sms } = this.#world;
    for (const rows of groups(tables).values()) {
      const { toNumber, body } = rows[0] as MessageRecord;
      const there = sms.messages.filter((sent) => sent.to === toNumber && sent.body === String(body)).length;
      if (there > rows.length)
        found.push(`“${body}” was accepted ${rows.length} times and sent ${there} times`);
    }
    for (const row of tables.messages.values()) {
      const before = this.#ranks.get(row.id);
      if (before && before.sid === row.providerSid && row.providerRank < before.rank) {
        found.push(`message went back from rank ${before.rank} to ${row.providerRank}`);
      }
      this.#ranks.set(row.id, { sid: row.providerSid, rank: row.providerRank });
    }
  }

  #wallet(found: string[], tables: Tables): void {
    const wallet = tables.wallets.get(1);
    let balance = FUNDS;
    let held = 0n;
    let sum = 0n;
    for (const posting of tables.postings) {
      sum += posting.amountMicros;
      if (posting.userId !== 1) continue;
      balance += posting.amountMicros;
      if (posting.account === 'held') held += posting.amountMicros;
    }
    if (sum !== 0n) found.push('postings do not sum to zero (I1)');
    if (wallet?.balanceMicros !== balance || wallet.heldMicros !== held)
      found.push('wallet is not its postings (I2)');
    const open = [...tables.activations.values()].filter((row) => OPEN.has(row.state));
    const prices = open.reduce((total, row) => total + row.priceMicros, 0n);
    if (prices !== held) found.push(`held ${held}, open rentals ${prices} (I2)`);
  }

  #rental(found: string[], row: ActivationRecord): void {
    const { tables, numbers } = this.#world;
    const entries = tables.ledger.filter((entry) => entry.activationId === row.id);
    const count = (kind: LedgerRecord['kind']) => entries.filter((entry) => entry.kind === kind).length;
    const ends = count('capture') + count('release');
    const name = `rental ${row.id} (${row.state})`;
    if (count('hold') !== 1) found.push(`${name} has ${count('hold')} holds (I3)`);
    if (ends !== (OPEN.has(row.state) ? 0 : 1)) found.push(`${name} has ${ends} captures and releases (I3)`);
    const withCode = row.state === 'received' || row.state === 'finished';
    const inTime = tables.codes.some((code) => code.activationId === row.id && !code.late);
    if (withCode !== inTime) found.push(`${name}: code in time ${inTime} (I5)`);
    if (withCode !== (count('capture') === 1)) found.push(`${name}: captured ${count('capture')} times (I5)`);
    const late = tables.codes.some((code) => code.activationId === row.id && code.late);
    if (late && (withCode || count('suspense') !== 1)) found.push(`${name}: a late code is not in suspense`);
    const sold = numbers.sold.filter((one) => one.activationId === row.id);
    if (sold.length > 1) found.push(`${name} was bought ${sold.length} times`);
  }

  #newMoves(found: string[]): void {
    const { tables } = this.#world;
    for (const move of tables.moves.slice(this.#movesSeen)) {
      if (move.row === 'message') continue;
      const row = tables.activations.get(move.id);
      if (row) found.push(...this.#unfounded(row, move.to));
    }
    this.#movesSeen = tables.moves.length;
  }

  /** Money goes back only when upstream said so, when nothing was bought, or by a named policy (I5). */
  #unfounded(row: ActivationRecord, to: string): string[] {
    const { numbers, nowMs, tables } = this.#world;
    const bought = numbers.sold.some((one) => one.activationId === row.id);
    const suspense = tables.ledger.some((one) => one.activationId === row.id && one.kind === 'suspense');
    const over = nowMs >= (row.callStartedAt ?? 0) + 1_320_000;
    const founded: Record<string, () => boolean> = {
      refused: () => !bought,
      released: () => (suspense ? over : !bought),
      cancelled: () => {
        if (row.providerRef === null) return !bought;
        return row.reason === 'denied' ? suspense : numbers.toldEnds.has(row.providerRef);
      },
    };
    return (founded[to]?.() ?? true)
      ? []
      : [`rental ${row.id} ${to} without proof, upstream’s word or policy`];
  }
}

const OPEN = new Set(['pending', 'buying', 'purchase_unknown', 'active']);

/** Messages alike in number and text: which of them is which the provider cannot tell. */
function groups(tables: Tables): Map<string, MessageRecord[]> {
  const found = new Map<string, MessageRecord[]>();
  for (const row of tables.messages.values()) {
    const key = `${row.toNumber} ${row.body}`;
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  return found;
}
