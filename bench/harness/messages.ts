import { randomUUID } from 'node:crypto';
import { segmentText } from '#libs/domain';
import { smsSendJob } from '#libs/jobs';
import type { Installation } from './installation.ts';

const TEXT = 'Your verification code is 123456';
const BATCH = 1_000;

/** Accepted messages with their jobs, as gateways would have left them. `onProgress` hears how many are there. */
export async function insertMessages(
  { ctx, sql, partners }: Installation,
  count: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<void> {
  const owner = `u:${partners[0]?.userId}`;
  const { segments, encoding } = segmentText(TEXT);
  for (let done = 0; done < count; done += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, count - done) }, () => randomUUID());
    const bodies = ids.map((id) => ctx.vault.encrypt(TEXT, `messages.body:${id}`));
    await sql(
      `INSERT INTO messages (id, owner, api_key, to_number, body, encoding, segments, nudged_at, valid_until)
       SELECT id, $3, 'bench', '+15551234567', body, $4, $5, now() + interval '1 hour', now() + interval '4 hours'
       FROM unnest($1::uuid[], $2::bytea[]) AS made (id, body)`,
      [ids, bodies, owner, encoding, segments],
    );
    const added = await Promise.all(ids.map((id) => ctx.jobs.enqueue(smsSendJob({ id, epoch: 1 }))));
    if (added.includes(false)) throw new Error('a job could not be queued');
    onProgress(done + ids.length);
  }
}

/** So that every round begins with the same tables and empty queues. */
export async function discardMessages({ ctx, sql }: Installation): Promise<void> {
  for (const queue of ctx.jobs.queues()) if (queue.name === 'sms-send') await queue.drain(true);
  await sql('TRUNCATE messages, message_events, idempotency_keys, webhook_deliveries, events');
}

export async function pauseSending(installation: Installation): Promise<void> {
  await sendQueue(installation).pause();
}

export async function resumeSending(installation: Installation): Promise<void> {
  await sendQueue(installation).resume();
}

function sendQueue({ ctx }: Installation) {
  const queue = ctx.jobs.queues().find(({ name }) => name === 'sms-send');
  if (!queue) throw new Error('Redis was not reached');
  return queue;
}
