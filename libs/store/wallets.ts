import { formatMicros, type Micros, PublicError } from '#libs/domain';
import { type Queryable, sqlState } from '#libs/platform';

export interface Wallet {
  userId: number;
  balanceMicros: Micros;
  heldMicros: Micros;
}

export interface Movement {
  userId: number;
  kind: 'credit' | 'debit' | 'hold' | 'capture' | 'release';
  amountMicros: Micros;
  reason: string;
  /** Unique per wallet: the same reference moves money once. */
  reference?: string;
  activationId?: number;
}

export interface MovementResult {
  /** The movement was made before; nothing changed now. */
  repeated: boolean;
  balanceMicros: Micros;
  heldMicros: Micros;
}

/** SQLSTATE of wallet_move and accept_rentals. */
export const INSUFFICIENT_FUNDS = 'SX402';

/**
 * One movement of one wallet, all of it in one server-side call that locks the wallet row last.
 * Throws PublicError `insufficient_funds` (the surrounding transaction is then lost and must end).
 */
export async function moveMoney(db: Queryable, movement: Movement): Promise<MovementResult> {
  try {
    const { rows } = await db.query<MovementResult>(
      `SELECT repeated, balance_micros AS "balanceMicros", held_micros AS "heldMicros"
       FROM wallet_move($1, $2, $3, $4, $5, $6)`,
      [
        movement.userId,
        movement.kind,
        movement.amountMicros,
        movement.reason,
        movement.reference ?? null,
        movement.activationId ?? null,
      ],
    );
    const result = rows[0];
    if (!result) throw new Error('the movement returned nothing');
    return result;
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_FUNDS) throw error;
    throw insufficientFunds(movement.amountMicros, availableOf(error), error);
  }
}

export async function findWallet(db: Queryable, userId: number): Promise<Wallet | null> {
  const { rows } = await db.query<Wallet>(
    `SELECT user_id AS "userId", balance_micros AS "balanceMicros", held_micros AS "heldMicros"
     FROM wallets WHERE user_id = $1`,
    [userId],
  );
  return rows[0] ?? null;
}

export interface WalletEntry {
  version: bigint;
  kind: string;
  amountMicros: Micros;
  balanceMicros: Micros;
  heldMicros: Micros;
  reason: string;
  reference: string | null;
  activationId: number | null;
  createdAt: Date;
}

/** The latest movements, newest first; those before an entry when its version is given. */
export async function listWalletEntries(
  db: Queryable,
  userId: number,
  limit: number,
  beforeVersion: bigint | null = null,
): Promise<WalletEntry[]> {
  const { rows } = await db.query<WalletEntry>(
    `SELECT e.version, t.kind, t.amount_micros AS "amountMicros", e.balance_micros AS "balanceMicros",
            e.held_micros AS "heldMicros", t.reason, t.reference, t.activation_id AS "activationId",
            t.created_at AS "createdAt"
     FROM wallet_entries e JOIN ledger_transactions t ON t.id = e.transaction_id
     WHERE e.user_id = $1 AND ($3::bigint IS NULL OR e.version < $3) ORDER BY e.version DESC LIMIT $2`,
    [userId, limit, beforeVersion],
  );
  return rows;
}

/** Books what a rental cost us, or may have cost (`suspense`). False when it was booked before. */
export async function bookProviderCost(
  db: Queryable,
  cost: {
    providerId: number;
    kind: 'cost' | 'suspense';
    amountMicros: Micros;
    reason: string;
    activationId: number;
  },
): Promise<boolean> {
  const { rows } = await db.query<{ booked: boolean }>(
    'SELECT book_provider_cost($1, $2, $3, $4, $5) AS booked',
    [cost.providerId, cost.kind, cost.amountMicros, cost.reason, cost.activationId],
  );
  return rows[0]?.booked ?? false;
}

export function insufficientFunds(
  requiredMicros: Micros,
  availableMicros: Micros,
  cause?: unknown,
): PublicError {
  const required = formatMicros(requiredMicros);
  const available = formatMicros(availableMicros);
  return new PublicError('insufficient_funds', {
    message: `The wallet has ${available} USD available, ${required} USD is needed.`,
    details: { required, available },
    cause,
  });
}

/** What an error of SX402 tells. */
export function availableOf(error: unknown): Micros {
  const detail = error instanceof Error && 'detail' in error ? String(error.detail) : '';
  return /^-?\d+$/.test(detail) ? BigInt(detail) : 0n;
}

export interface MovementRecord {
  kind: string;
  amountMicros: Micros;
  createdAt: Date;
}

/** The movement that a reference of this wallet stands for. */
export async function findMovement(
  db: Queryable,
  key: { userId: number; reference: string },
): Promise<MovementRecord | null> {
  const { rows } = await db.query<MovementRecord>(
    `SELECT kind, amount_micros AS "amountMicros", created_at AS "createdAt"
     FROM ledger_transactions WHERE user_id = $1 AND reference = $2`,
    [key.userId, key.reference],
  );
  return rows[0] ?? null;
}
