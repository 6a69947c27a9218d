import type { ActivationCommand } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { ACTIVATION_COLUMNS, type ActivationRow } from './activations.ts';

/** A cancel, resend or finish that a partner asked for, on its way to the provider. */
export interface CommandKey {
  id: number;
  command: ActivationCommand;
  epoch: number;
}

/**
 * Notes the wish to cancel; while a number is being bought it waits for the purchase. One conditional UPDATE judges:
 * null when a code is there or the rental has ended. Repeating keeps the first wish and its schedule.
 */
export async function requestCancel(
  db: Queryable,
  key: { id: number; userId: number },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET version = version + 1,
       cancel_requested_at = coalesce(cancel_requested_at, now()),
       command = CASE WHEN state = 'active' THEN 'cancel' END,
       command_epoch = command_epoch + CASE WHEN state = 'active' AND cancel_requested_at IS NULL THEN 1 ELSE 0 END,
       command_answer = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE command_answer END,
       command_next_at = CASE WHEN state <> 'active' THEN NULL
                              WHEN cancel_requested_at IS NULL THEN now() ELSE command_next_at END
     WHERE id = $1 AND user_id = $2 AND state IN ('pending', 'buying', 'purchase_unknown', 'active')
     RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.userId],
  );
  return rows[0] ?? null;
}

/** Notes the wish for another code or for the end of a rental that has a code. Null when it has none or has ended. */
export async function requestCommand(
  db: Queryable,
  key: { id: number; userId: number; command: 'resend' | 'finish' },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET command = $3, command_epoch = command_epoch + 1, command_answer = NULL,
       command_next_at = now(), version = version + 1
     WHERE id = $1 AND user_id = $2 AND state = 'received' RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.userId, key.command],
  );
  return rows[0] ?? null;
}

/** The background's own cancel of a rental whose time is over, or its finish once a code is there. */
export async function requestByClock(
  db: Queryable,
  options: { graceSeconds: number; limit: number },
): Promise<{ id: number; epoch: number; command: ActivationCommand }[]> {
  const { rows } = await db.query<{ id: number; epoch: number; command: ActivationCommand }>(
    `UPDATE activations SET command = CASE WHEN state = 'active' THEN 'cancel' ELSE 'finish' END,
       command_epoch = command_epoch + 1, command_next_at = now(), command_nudged_at = now(), command_answer = NULL
     WHERE id IN (SELECT id FROM activations
                  WHERE state IN ('active', 'received') AND command IS NULL
                    AND expires_at < now() - make_interval(secs => CASE state WHEN 'active' THEN $1 ELSE 0 END::float8)
                  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING id, command_epoch AS epoch, command`,
    [options.graceSeconds, options.limit],
  );
  return rows;
}

/**
 * Takes this epoch of the command, committed before the call, and counts it. Null: done, superseded or not due. A
 * command whose worker is gone is asked again as its next epoch, so one epoch is never called twice here either.
 */
export async function claimCommand(db: Queryable, key: CommandKey): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET command_claimed_epoch = $3, command_claimed_at = now(), command_calls = command_calls + 1,
       command_repeated_calls = command_repeated_calls + (command_claimed_epoch = $3)::integer
     WHERE id = $1 AND command = $2 AND command_epoch = $3 AND command_claimed_epoch < $3
       AND command_next_at <= now() + interval '1 second' AND state IN ('active', 'received')
     RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.command, key.epoch],
  );
  return rows[0] ?? null;
}

/** Not yet: the same command again as the next epoch, at the later of `delayMs` from now and `notBefore`. */
export async function postponeCommand(
  db: Queryable,
  key: CommandKey,
  later: { answer: string | null; delayMs: number; notBefore: Date | null },
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET command_epoch = command_epoch + 1, command_answer = coalesce($4, command_answer), command_nudged_at = now(),
       version = version + 1,
       command_next_at = greatest(now() + make_interval(secs => $5::float8 / 1000), $6::timestamptz)
     WHERE id = $1 AND command = $2 AND command_epoch = $3 AND state IN ('active', 'received')
     RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.command, key.epoch, later.answer, later.delayMs, later.notBefore],
  );
  return rows[0] ?? null;
}

/** Another code was asked for and is awaited. */
export async function settleResend(db: Queryable, key: CommandKey): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET command = NULL, command_next_at = NULL, command_answer = 'done', expecting_code = true,
       version = version + 1
     WHERE id = $1 AND command = $2 AND command_epoch = $3 AND state = 'received' RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.command, key.epoch],
  );
  return rows[0] ?? null;
}

/** The provider will not do it; the wish is dropped. */
export async function dropCommand(
  db: Queryable,
  key: CommandKey,
  answer: string,
): Promise<ActivationRow | null> {
  const { rows } = await db.query<ActivationRow>(
    `UPDATE activations SET command = NULL, command_next_at = NULL, command_answer = $4, version = version + 1
     WHERE id = $1 AND command = $2 AND command_epoch = $3 RETURNING ${ACTIVATION_COLUMNS}`,
    [key.id, key.command, key.epoch, answer],
  );
  return rows[0] ?? null;
}

/** Due commands whose nudge may be lost. A claim older than `staleSeconds` is taken from its worker: next epoch. */
export async function takeDueCommands(
  db: Queryable,
  options: { limit: number; quietSeconds: number; staleSeconds: number },
): Promise<{ id: number; epoch: number; command: ActivationCommand }[]> {
  const { rows } = await db.query<{ id: number; epoch: number; command: ActivationCommand }>(
    `UPDATE activations SET command_nudged_at = now(),
       command_epoch = command_epoch + CASE WHEN command_claimed_epoch >= command_epoch THEN 1 ELSE 0 END
     WHERE id IN (
       SELECT id FROM activations
       WHERE command IS NOT NULL AND command_next_at < now() - interval '1 second'
         AND coalesce(command_nudged_at, '-infinity') < now() - make_interval(secs => $2)
         AND (command_claimed_epoch < command_epoch OR command_claimed_at < now() - make_interval(secs => $3))
       ORDER BY command_next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, command_epoch AS epoch, command`,
    [options.limit, options.quietSeconds, options.staleSeconds],
  );
  return rows;
}
