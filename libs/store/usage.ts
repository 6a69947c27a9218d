import type { ActivationReason, ActivationState, MessageState, Micros } from '#libs/domain';
import type { Queryable } from '#libs/platform';

/** From midnight UTC of a day to midnight of another. */
export interface Period {
  from: Date;
  until: Date;
}

/** Messages of an owner by the day (UTC, `2030-01-31`) they were accepted on, and their present state. */
export async function countMessagesByDay(
  db: Queryable,
  { owner, from, until }: Period & { owner: string },
): Promise<{ day: string; state: MessageState; count: number }[]> {
  const { rows } = await db.query<{ day: string; state: MessageState; count: number }>(
    `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, state, count(*)::integer AS count
     FROM messages WHERE owner = $1 AND created_at >= $2 AND created_at < $3 GROUP BY 1, 2`,
    [owner, from, until],
  );
  return rows;
}

export interface RentalsOfDay {
  day: string;
  state: ActivationState;
  reason: ActivationReason | null;
  count: number;
  priceMicros: Micros;
}

/** Rentals of a wallet user by the day they were asked for, state and reason, with the sum of their prices. */
export async function countActivationsByDay(
  db: Queryable,
  { userId, from, until }: Period & { userId: number },
): Promise<RentalsOfDay[]> {
  const { rows } = await db.query<RentalsOfDay>(
    `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, state, reason, count(*)::integer AS count,
            sum(price_micros)::bigint AS "priceMicros"
     FROM activations WHERE user_id = $1 AND created_at >= $2 AND created_at < $3 GROUP BY 1, 2, 3`,
    [userId, from, until],
  );
  return rows;
}
