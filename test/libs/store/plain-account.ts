import fc from 'fast-check';
import type { PublicError } from '#libs/domain';
import type { Database } from '#libs/platform';
import { findWallet, type Movement, moveMoney } from '#libs/store';

export interface Step {
  kind: Movement['kind'];
  amount: bigint;
  /** Which of a few rentals, or which of a few references for credit and debit; 0 = none. */
  which: number;
}

export const history = fc.array(
  fc.record({
    kind: fc.constantFrom('credit', 'debit', 'hold', 'capture', 'release'),
    amount: fc.bigInt({ min: 0n, max: 40n }),
    which: fc.integer({ min: 0, max: 4 }),
  }) as fc.Arbitrary<Step>,
  { maxLength: 30 },
);

/** One number for what is owned, one for what is held, and a list of holds. */
export class PlainAccount {
  readonly userId: number;
  readonly #firstActivation: number;
  readonly #holds = new Map<number, { amount: bigint; open: boolean }>();
  readonly #references = new Set<number>();
  balance = 0n;
  held = 0n;
  movements = 0;

  constructor(userId: number) {
    this.userId = userId;
    // Rentals that no other account of the same database has.
    this.#firstActivation = 1_000 + 10 * userId;
  }

  async compare(db: Database, step: Step): Promise<void> {
    const ends = step.kind === 'capture' || step.kind === 'release';
    const hold = this.#holds.get(step.which);
    // As in the services: only what was held is ended, with the amount that was held.
    if (ends && !hold) return;
    const amount = ends && hold ? hold.amount : step.amount;
    const expected = this.#apply({ ...step, amount }, hold);
    const answer = await moveMoney(db, this.#movement({ ...step, amount })).then(
      (result) => (result.repeated ? 'repeated' : 'moved'),
      (error: PublicError) => error.code,
    );
    if (answer !== expected) throw new Error(`${step.kind}: ${answer}, expected ${expected}`);
    const wallet = await findWallet(db, this.userId);
    if (wallet?.balanceMicros !== this.balance || wallet.heldMicros !== this.held) {
      throw new Error(
        `${wallet?.balanceMicros}/${wallet?.heldMicros}, expected ${this.balance}/${this.held}`,
      );
    }
  }

  #movement({ kind, amount, which }: Step): Movement {
    const movement = { userId: this.userId, kind, amountMicros: amount, reason: 'history' };
    if (kind !== 'credit' && kind !== 'debit')
      return { ...movement, activationId: this.#firstActivation + which };
    return which === 0 ? movement : { ...movement, reference: `r${which}` };
  }

  #apply(step: Step, hold: { open: boolean } | undefined): string {
    if (step.kind === 'hold' ? hold : this.#isRepeated(step, hold)) return 'repeated';
    const takes = step.kind === 'debit' || step.kind === 'hold';
    if (takes && this.balance - this.held < step.amount) return 'insufficient_funds';
    this.#move(step, hold);
    this.movements += 1;
    return 'moved';
  }

  #isRepeated({ kind, which }: Step, hold: { open: boolean } | undefined): boolean {
    if (kind === 'capture' || kind === 'release') return hold?.open === false;
    return this.#references.has(which);
  }

  #move({ kind, amount, which }: Step, hold: { open: boolean } | undefined): void {
    if (kind === 'credit') this.balance += amount;
    if (kind === 'debit' || kind === 'capture') this.balance -= amount;
    if (kind === 'hold') this.held += amount;
    if (hold && (kind === 'capture' || kind === 'release')) {
      this.held -= amount;
      hold.open = false;
    }
    if (kind === 'hold') this.#holds.set(which, { amount, open: true });
    if ((kind === 'credit' || kind === 'debit') && which > 0) this.#references.add(which);
  }
}
