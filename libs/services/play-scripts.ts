import { createHash, randomBytes, randomInt } from 'node:crypto';
import {
  TEST_EARLIEST_CANCEL_SECONDS,
  TEST_LIFETIME_SECONDS,
  TEST_RECIPIENTS,
  TEST_SERVICES,
  TEST_SLOW_SECONDS,
  testPhone,
  testRecipient,
} from '#libs/domain';
import { checkActivationJob, commandJob } from '#libs/jobs';
import {
  decideBought,
  listDueScripts,
  listLateScripts,
  listSlowPurchases,
  type MessageScript,
  type ScriptedMessage,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { publishActivation } from './publish-activation.ts';
import { recordMessageStatus } from './record-message-status.ts';

const BATCH = 200;

/**
 * Tells what the scripted providers would push: the last words about messages of test keys, numbers whose purchase was
 * answered late, codes after the end. All of it follows from the rows, so it may be told twice and survives any
 * restart. True when there may be more.
 */
export async function playScripts(ctx: ServiceContext): Promise<boolean> {
  const messages = await tellMessages(ctx);
  const purchases = await tellPurchases(ctx);
  const late = await tellLateCodes(ctx);
  return [messages, purchases, late].includes(BATCH);
}

async function tellMessages(ctx: ServiceContext): Promise<number> {
  const scale = ctx.config.timings.scriptScale;
  const scripts = TEST_RECIPIENTS.flatMap((recipient): MessageScript[] => {
    const state = recipient.send === 'unknown' ? 'unknown' : 'sent';
    return recipient.last
      ? [{ number: recipient.number, state, seconds: recipient.last.afterSeconds * scale }]
      : [];
  });
  const due = await listDueScripts(ctx.db, { scripts, otherSeconds: scale, limit: BATCH });
  await Promise.all(due.map((message) => tellMessage(ctx, message)));
  return due.length;
}

async function tellMessage(ctx: ServiceContext, { id, to, providerSid }: ScriptedMessage): Promise<void> {
  const { last, errorCode } = testRecipient(to);
  await recordMessageStatus({
    ctx,
    input: {
      messageId: id,
      // One that was never acknowledged gets its sid here, the same however often it is told.
      providerSid: providerSid ?? `SM${createHash('md5').update(id).digest('hex')}`,
      providerStatus: last?.status ?? 'delivered',
      providerErrorCode: last?.status === 'undelivered' ? errorCode : null,
    },
  });
}

/** Each becomes the rental it was meant for. Dies in between: it is told again. */
async function tellPurchases(ctx: ServiceContext): Promise<number> {
  const scale = ctx.config.timings.scriptScale;
  const services = TEST_SERVICES.filter(({ purchase }) => purchase === 'slow').map(({ code }) => code);
  const due = { services, afterSeconds: TEST_SLOW_SECONDS * scale, limit: BATCH };
  const purchases = await listSlowPurchases(ctx.db, due);
  for (const { id, country } of purchases) {
    const row = await decideBought(ctx.db, {
      id,
      providerRef: `test-${randomBytes(12).toString('hex')}`,
      phone: testPhone(country, randomInt(10_000_000)),
      lifetimeSeconds: TEST_LIFETIME_SECONDS * scale,
      earliestCancelSeconds: TEST_EARLIEST_CANCEL_SECONDS * scale,
    });
    if (!row) continue;
    await publishActivation(ctx, row);
    if (row.command) void ctx.jobs.enqueue(commandJob({ id, command: row.command, epoch: row.commandEpoch }));
  }
  return purchases.length;
}

async function tellLateCodes(ctx: ServiceContext): Promise<number> {
  const scale = ctx.config.timings.scriptScale;
  let told = 0;
  for (const { code, codeAfterSeconds } of TEST_SERVICES) {
    if (codeAfterSeconds === null || codeAfterSeconds < TEST_LIFETIME_SECONDS) continue;
    const due = { services: [code], afterSeconds: codeAfterSeconds * scale, limit: BATCH };
    const ids = await listLateScripts(ctx.db, due);
    for (const id of ids) void ctx.jobs.enqueue(checkActivationJob({ id, pushId: 'script' }));
    told = Math.max(told, ids.length);
  }
  return told;
}
