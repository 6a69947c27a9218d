import { commandJob, rentNumberJob, smsSendJob } from '#libs/jobs';
import {
  abandonCalls,
  abandonPurchases,
  expireMessages,
  requestByClock,
  takeDueCommands,
  takeDueMessages,
  takeDuePurchases,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { publishMessages } from './publish-message.ts';
import { lookSchedule } from './settle-message.ts';
import { holdSeconds } from './settle-purchase.ts';

const BATCH = 500;
/** A row is looked at again after this, if it is still due. */
const QUIET_SECONDS = 5;

/** Rows are the outbox: whatever is due and has no job gets one. Returns how many jobs were missing. */
export async function nudgeDueRows(ctx: ServiceContext): Promise<number> {
  const options = { limit: BATCH, quietSeconds: QUIET_SECONDS };
  const messages = await takeDueMessages(ctx.db, options);
  const purchases = await takeDuePurchases(ctx.db, options);
  const commands = await takeDueCommands(ctx.db, {
    ...options,
    staleSeconds: ctx.config.timings.commandGoneSeconds,
  });
  return ctx.jobs.ensure([
    ...messages.map((row) => smsSendJob(row)),
    ...purchases.map((row) => rentNumberJob(row)),
    ...commands.map((row) => commandJob(row)),
  ]);
}

/** Calls whose worker must be gone become unknown: looked for, never repeated. */
export async function abandonStaleCalls(ctx: ServiceContext): Promise<number> {
  const look = lookSchedule(ctx.config.unknownSendWindowSeconds);
  const { sendGoneSeconds, purchaseGoneSeconds } = ctx.config.timings;
  const messages = await abandonCalls(ctx.db, { olderThanSeconds: sendGoneSeconds, ...look, limit: BATCH });
  const purchases = await abandonPurchases(ctx.db, {
    olderThanSeconds: purchaseGoneSeconds,
    holdSeconds: holdSeconds(ctx),
    limit: BATCH,
  });
  for (const id of messages) ctx.log.warn({ event: 'message.abandoned', message_id: id });
  await publishMessages(ctx, messages);
  for (const row of purchases) {
    ctx.log.warn({ event: 'purchase.abandoned', activation_id: row.id, provider_id: row.providerId });
    await publishActivation(ctx, row);
  }
  return messages.length + purchases.length;
}

/** Messages whose validity ended before they could be sent. */
export async function expireOverdueMessages(ctx: ServiceContext): Promise<number> {
  const ids = await expireMessages(ctx.db, BATCH);
  for (const id of ids) ctx.log.info({ event: 'message.expired', message_id: id });
  await publishMessages(ctx, ids);
  return ids.length;
}

/**
 * Rentals past their time: one with a code is finished upstream, one without is cancelled there once the grace is
 * over too. The clock asks; upstream's answer decides.
 */
export async function closeOverdueRentals(ctx: ServiceContext): Promise<number> {
  const rows = await requestByClock(ctx.db, { graceSeconds: ctx.config.unknownGraceSeconds, limit: BATCH });
  await Promise.all(rows.map((row) => ctx.jobs.enqueue(commandJob(row))));
  return rows.length;
}
