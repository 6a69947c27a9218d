import type { CommandAnswer, Outcome, Purchase, StatusAnswer } from '#libs/domain';

export type BuyMood =
  | 'accepts'
  | 'done-but-unknown'
  | 'unknown-not-done'
  | 'duplicate-id'
  | 'refuses-request'
  | 'refuses-account'
  | 'unreachable';
export type AskMood = 'truth' | 'silent' | 'throttles' | 'denies' | 'done-but-silent';

/** A rental as the provider knows it; it charges us exactly when a code came. */
export interface SoldNumber {
  ref: string;
  activationId: number;
  service: string;
  boughtAtMs: number;
  state: 'waiting' | 'received' | 'retry' | 'finished' | 'cancelled';
  codes: string[];
}

export const LIFETIME_MS = 1_200_000;
const EARLIEST_CANCEL_MS = 120_000;
const COST = 7n;

/** The provider of numbers with a truth of its own. Which activation a number was bought for only the test knows. */
export class SimulatedNumbers {
  readonly #nowMs: () => number;
  readonly sold: SoldNumber[] = [];
  /** Purchases asked for, by `<id>.<epoch>`. */
  readonly calls = new Map<string, number>();
  /** References whose end without a code it has told us. */
  readonly toldEnds = new Set<string>();
  buyMood: BuyMood = 'accepts';
  askMood: AskMood = 'truth';
  /** An id given out twice is noticed only when a row has it already. */
  isKnown: (ref: string) => boolean = () => false;
  /** What it says of a finished rental: the documentation leaves it open. */
  afterFinish: 'code' | 'cancelled' = 'code';

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  buy(buyer: { id: number; epoch: number }, service: string): Outcome<Purchase> {
    const call = `${buyer.id}.${buyer.epoch}`;
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const mood = this.buyMood;
    this.buyMood = 'accepts';
    if (mood !== 'accepts' && mood !== 'done-but-unknown' && mood !== 'duplicate-id') return failure(mood);
    const ref = `R${this.sold.length + 1}`;
    const before = this.sold.at(-1);
    const sold = { ref, activationId: buyer.id, service, boughtAtMs: this.#nowMs() };
    this.sold.push({ ...sold, state: 'waiting', codes: [] });
    if (mood === 'done-but-unknown') return failure(mood);
    const shown = mood === 'duplicate-id' && before && this.isKnown(before.ref) ? before.ref : ref;
    return { kind: 'accepted', value: { providerRef: shown, phone: '+15550001', costMicros: COST } };
  }

  status(ref: string): StatusAnswer {
    const mood = this.#takeMood();
    if (mood === 'denies') return { kind: 'denied', raw: 'NO_ACTIVATION' };
    if (mood !== 'truth') return { kind: 'no_information', raw: '<html>', throttled: mood === 'throttles' };
    const sold = this.find(ref);
    const code = sold?.codes.at(-1);
    if (!sold) return { kind: 'denied', raw: 'NO_ACTIVATION' };
    if (sold.state === 'waiting' || sold.state === 'retry') return { kind: 'waiting' };
    const hidden = sold.state === 'finished' && this.afterFinish === 'cancelled';
    if (sold.state !== 'cancelled' && !hidden && code !== undefined) return { kind: 'code', code };
    this.toldEnds.add(ref);
    return { kind: 'cancelled' };
  }

  command(command: 'cancel' | 'resend' | 'finish', ref: string): CommandAnswer {
    const mood = this.#takeMood();
    if (mood === 'denies') return { kind: 'denied', raw: 'NO_ACTIVATION' };
    const answer = mood === 'truth' || mood === 'done-but-silent' ? this.#carryOut(command, ref) : null;
    if (mood === 'truth' && answer) return answer;
    return { kind: 'no_information', raw: '', throttled: mood === 'throttles' };
  }

  /** An SMS arrives; after a cancel it is one that came late. Nothing comes once the lifetime is over. */
  receive(sold: SoldNumber, code: string): boolean {
    this.expire(sold);
    if (sold.state === 'finished' || this.#nowMs() >= sold.boughtAtMs + LIFETIME_MS) return false;
    sold.codes.push(code);
    sold.state = 'received';
    return true;
  }

  cancelByItself(sold: SoldNumber): void {
    this.expire(sold);
    if (sold.state === 'waiting') sold.state = 'cancelled';
  }

  find(ref: string): SoldNumber | undefined {
    const sold = this.sold.find((one) => one.ref === ref);
    if (sold) this.expire(sold);
    return sold;
  }

  expire(sold: SoldNumber): void {
    if (this.#nowMs() < sold.boughtAtMs + LIFETIME_MS) return;
    if (sold.state === 'waiting') sold.state = 'cancelled';
    else if (sold.state !== 'cancelled') sold.state = 'finished';
  }

  #takeMood(): AskMood {
    const mood = this.askMood;
    this.askMood = 'truth';
    return mood;
  }

  #carryOut(command: 'cancel' | 'resend' | 'finish', ref: string): CommandAnswer {
    const sold = this.find(ref);
    if (!sold) return { kind: 'denied', raw: 'NO_ACTIVATION' };
    const withCode = sold.state === 'received' || sold.state === 'retry';
    if (command === 'cancel' && sold.state === 'waiting') {
      if (this.#nowMs() < sold.boughtAtMs + EARLIEST_CANCEL_MS) return { kind: 'too_early' };
      sold.state = 'cancelled';
      this.toldEnds.add(ref);
      return { kind: 'done' };
    }
    if (command === 'finish' && withCode) sold.state = 'finished';
    else if (command === 'resend' && sold.state === 'received') sold.state = 'retry';
    else return { kind: 'refused' };
    return { kind: 'done' };
  }
}

function failure(mood: BuyMood): Outcome<Purchase> {
  const refused = { kind: 'rejected', code: null, message: 'no' } as const;
  if (mood === 'refuses-request') return { ...refused, scope: 'request', reason: 'no_upstream_balance' };
  if (mood === 'refuses-account') return { ...refused, scope: 'account', reason: 'credentials' };
  if (mood === 'unreachable') {
    return { kind: 'not_sent', detail: 'refused', throttled: false, retryAfterMs: null };
  }
  return { kind: 'unknown', detail: 'timeout' };
}
