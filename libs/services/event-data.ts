import {
  type EventRow,
  findEndpoints,
  findMessages,
  listCodes,
  loadActivations,
  type WebhookDelivery,
} from '#libs/store';
import type { ServiceContext } from './context.ts';
import { presentActivation } from './present-activation.ts';
import { presentMessage } from './present-message.ts';
import { presentWebhook } from './present-webhook.ts';

type Subject = Pick<EventRow | WebhookDelivery, 'messageId' | 'activationId' | 'webhookId'>;
type Data = Record<string, unknown> | null;

/**
 * What events of one owner speak of, in their order, as it is now: a message, a rental or an endpoint. Null for what is
 * there no more. Each kind is read at once.
 */
export async function readEventData(
  ctx: Pick<ServiceContext, 'db' | 'vault'>,
  owner: string,
  subjects: readonly Subject[],
): Promise<Data[]> {
  const idsOf = <Id>(pick: (subject: Subject) => Id | null) => [
    ...new Set(subjects.map(pick).filter((id) => id !== null)),
  ];
  const [messages, activations, webhooks] = await Promise.all([
    readMessages(
      ctx,
      owner,
      idsOf(({ messageId }) => messageId),
    ),
    readActivations(
      ctx,
      owner,
      idsOf(({ activationId }) => activationId),
    ),
    readWebhooks(
      ctx,
      owner,
      idsOf(({ webhookId }) => webhookId),
    ),
  ]);
  return subjects.map(({ messageId, activationId, webhookId }) => {
    if (messageId !== null) return messages.get(messageId) ?? null;
    if (activationId !== null) return activations.get(activationId) ?? null;
    return webhooks.get(webhookId ?? '') ?? null;
  });
}

type Context = Pick<ServiceContext, 'db' | 'vault'>;

async function readMessages({ db }: Context, owner: string, ids: string[]): Promise<Map<string, Data>> {
  const rows = ids.length === 0 ? [] : await findMessages(db, { ids, owner });
  return new Map(rows.map((row) => [row.id, presentMessage(row)]));
}

async function readActivations(ctx: Context, owner: string, ids: number[]): Promise<Map<number, Data>> {
  if (ids.length === 0) return new Map();
  const [rows, codes] = await Promise.all([loadActivations(ctx.db, ids), listCodes(ctx.db, ids)]);
  return new Map(
    rows
      .filter(({ userId }) => `u:${userId}` === owner)
      .map((row) => {
        const own = codes.filter(({ activationId }) => activationId === row.id);
        return [row.id, presentActivation(ctx, row, own)];
      }),
  );
}

async function readWebhooks({ db }: Context, owner: string, ids: string[]): Promise<Map<string, Data>> {
  const rows = ids.length === 0 ? [] : await findEndpoints(db, { ids, owner });
  return new Map(rows.map((row) => [row.id, presentWebhook(row)]));
}
