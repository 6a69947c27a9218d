import { TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { DENIED } from './purchase-doubt.ts';
import { OPEN_SUSPENSE } from './suspense.ts';

/** Message texts, codes and pushes are erased after this; states and the ledger stay. */
export const TEXT_DAYS = 30;

export interface Backlog {
  waiting: { kind: string; count: number; oldestSeconds: number }[];
  /** Of the last minute, by kind of ledger transaction. */
  movements: { kind: string; count: number }[];
}

/**
 * What waits, and how long the oldest has; of test mode only what is due, for that is work as any. Due messages, purchases and webhooks, unknowns, commands, suspense.
 */
export async function measureBacklog(db: Queryable): Promise<Backlog> {
  const waiting = await db.query<Backlog['waiting'][number]>(WAITING);
  const movements = await db.query<Backlog['movements'][number]>(
    `SELECT kind, count(*)::integer AS count FROM ledger_transactions
     WHERE created_at > now() - interval '1 minute' AND ${REAL_MONEY} GROUP BY kind`,
  );
  return { waiting: waiting.rows, movements: movements.rows };
}

/** Not a movement of play money. */
const REAL_MONEY = `provider_id IS DISTINCT FROM ${TEST_PROVIDER_ID} AND NOT EXISTS (
  SELECT 1 FROM users u WHERE u.id = user_id AND u.test_of IS NOT NULL)`;
const REAL_RENTAL = `provider_id <> ${TEST_PROVIDER_ID}`;

const line = (kind: string, since: string, from: string) =>
  `SELECT '${kind}' AS kind, count(*)::integer AS count,
          coalesce(extract(epoch FROM now() - min(${since})), 0)::float8 AS "oldestSeconds" FROM ${from}`;

const WAITING = [
  line('message_due', 'next_attempt_at', `messages WHERE state = 'ready' AND next_attempt_at <= now()`),
  line('message_unknown', 'call_started_at', `messages WHERE state = 'unknown' AND NOT test`),
  line('purchase_due', 'next_attempt_at', `activations WHERE state = 'pending' AND next_attempt_at <= now()`),
  line(
    'purchase_unknown',
    'call_started_at',
    `activations WHERE state = 'purchase_unknown' AND ${REAL_RENTAL}`,
  ),
  line(
    'command_due',
    'command_next_at',
    `activations WHERE command IS NOT NULL AND command_next_at <= now()`,
  ),
  line(
    'webhook_due',
    'next_attempt_at',
    `webhook_deliveries WHERE state = 'ready' AND next_attempt_at <= now()`,
  ),
  line('webhook_disabled', 'disabled_at', `webhook_endpoints WHERE disabled_at IS NOT NULL`),
  line('rental_live', 'created_at', `activations WHERE state IN ('active', 'received') AND ${REAL_RENTAL}`),
  line(
    'rental_denied',
    'coalesce(denied_at, command_claimed_at)',
    `activations WHERE ${DENIED} AND ${REAL_RENTAL}`,
  ),
  line('suspense', 'opened_at', `suspense_entries WHERE ${OPEN_SUSPENSE}`),
].join('\nUNION ALL\n');

/**
 * Erases texts, codes and pushes older than `days`; returns how many rows it touched. Oldest first: without an order
 * PostgreSQL takes a third of the table for old and reads all of it to find none (2.9 s of ten million rows).
 */
export async function eraseOldTexts(
  db: Queryable,
  options: { days: number; limit: number },
): Promise<number> {
  const age = `now() - make_interval(days => $1)`;
  const statements = [
    `UPDATE messages SET body = NULL WHERE id IN (
       SELECT id FROM messages WHERE body IS NOT NULL AND created_at < ${age}
         AND state IN ('delivered', 'undelivered', 'failed', 'canceled', 'sent') ORDER BY created_at LIMIT $2)`,
    `UPDATE activation_codes SET code = NULL, text = NULL WHERE id IN (
       SELECT id FROM activation_codes WHERE (code IS NOT NULL OR text IS NOT NULL) AND received_at < ${age} ORDER BY received_at LIMIT $2)`,
    `DELETE FROM provider_pushes WHERE id IN (SELECT id FROM provider_pushes WHERE received_at < ${age} ORDER BY received_at LIMIT $2)`,
  ];
  let touched = 0;
  for (const sql of statements) touched += (await db.query(sql, [options.days, options.limit])).rowCount ?? 0;
  return touched;
}
