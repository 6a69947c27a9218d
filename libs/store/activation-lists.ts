import type { Queryable } from '#libs/platform';
import { ACTIVATION_COLUMNS, type ActivationRow } from './activations.ts';

export interface ActivationListFilter {
  userId: number;
  limit: number;
  /** The row to go on after, towards older ones. */
  beforeId: number | null;
  status: 'waiting' | 'received' | 'cancelled' | 'unknown' | null;
  service: string | null;
  country: number | null;
  clientRef: string | null;
  createdFrom: Date | null;
  createdBefore: Date | null;
  /** So many unusable answers make a rental `unknown`. */
  unusableThreshold: number;
}

/** As publicActivationStatus in libs/services has it. */
const STATUS = `CASE
  WHEN state IN ('pending', 'buying', 'purchase_unknown') THEN 'waiting'
  WHEN state = 'finished' OR (state = 'received' AND NOT expecting_code) THEN 'received'
  WHEN state IN ('active', 'received') THEN CASE WHEN unusable_answers >= $10 THEN 'unknown' ELSE 'waiting' END
  ELSE 'cancelled' END`;

/** The rentals of a wallet user, newest first. */
export async function listActivations(db: Queryable, filter: ActivationListFilter): Promise<ActivationRow[]> {
  const { rows } = await db.query<ActivationRow>(
    `SELECT ${ACTIVATION_COLUMNS} FROM activations
     WHERE user_id = $1
       AND ($3::integer IS NULL OR id < $3)
       AND ($4::text IS NULL OR ${STATUS} = $4)
       AND ($5::text IS NULL OR service = $5)
       AND ($6::integer IS NULL OR country = $6)
       AND ($7::text IS NULL OR client_ref = $7)
       AND ($8::timestamptz IS NULL OR created_at >= $8)
       AND ($9::timestamptz IS NULL OR created_at < $9)
     ORDER BY id DESC LIMIT $2`,
    [
      filter.userId,
      filter.limit,
      filter.beforeId,
      filter.status,
      filter.service,
      filter.country,
      filter.clientRef,
      filter.createdFrom,
      filter.createdBefore,
      filter.unusableThreshold,
    ],
  );
  return rows;
}
