import { parseMicros } from '#libs/domain';
import {
  type Partner,
  type Reply,
  readStatus,
  rentNumber,
  SCOPES,
  sendMessage,
  testUserOf,
  type WaitingContext,
} from '#libs/services';
import { createUser, moveMoney } from '#libs/store';
import { until } from './until.ts';

/** What an ordinary key is. */
export const LIVE = { mode: 'live', rateLimitPerSecond: 0 } as const;

/** A partner with a wallet of its own, and short ways to do what partners do. */
export interface TestPartner {
  partner: Partner;
  userId: number;
  send(changes?: Partial<Parameters<typeof sendMessage>[0]['input']>): Promise<ReplyView>;
  rent(changes?: Partial<Parameters<typeof rentNumber>[0]['input']>): Promise<ReplyView>;
  status(id: number): Promise<Record<string, unknown>>;
  statusBecomes(id: number, wanted: string): Promise<Record<string, unknown>>;
}

export interface ReplyView extends Reply {
  json: Record<string, string> & { activation_id: string; id: string };
}

export async function createPartner(ctx: WaitingContext, dollars = '10'): Promise<TestPartner> {
  const user = await createUser(ctx.db, { id: null, name: 'partner' });
  const userId = user?.id ?? 0;
  const amountMicros = parseMicros(dollars) ?? 0n;
  await moveMoney(ctx.db, { userId, kind: 'credit', amountMicros, reason: 'test' });
  return partnerOf(ctx, userId, LIVE);
}

/** The test twin of a live user without money. */
export async function createTestPartner(ctx: WaitingContext): Promise<TestPartner> {
  const user = await createUser(ctx.db, { id: null, name: 'partner' });
  if (!user) throw new Error('no user was created');
  const { id } = await testUserOf({ ctx, input: { user } });
  return partnerOf(ctx, id, { ...LIVE, mode: 'test' });
}

function partnerOf(
  ctx: WaitingContext,
  userId: number,
  key: Pick<Partner, 'mode' | 'rateLimitPerSecond'>,
): TestPartner {
  const partner: Partner = {
    keyId: `k${userId}`,
    userId,
    owner: `u:${userId}`,
    scopes: new Set(SCOPES),
    ...key,
  };
  const base = { partner, requestId: 'request', idempotency: null, callbackUrl: null };
  const status = async (id: number) => JSON.parse(await readStatus({ ctx, input: { partner, id } }));
  return {
    partner,
    userId,
    status,
    async send(changes = {}) {
      const input = {
        ...base,
        to: '+15551234567',
        message: 'Hello',
        reference: null,
        validitySeconds: null,
        sendAt: null,
        waitSeconds: 0,
        ...changes,
      };
      return view(await sendMessage({ ctx, input }));
    },
    async rent(changes = {}) {
      const input = {
        ...base,
        service: 'tg',
        country: 22,
        apiId: null,
        maxPriceMicros: null,
        clientRef: null,
        ...changes,
      };
      return view(await rentNumber({ ctx, input }));
    },
    statusBecomes: (id, wanted) =>
      until(
        async () => {
          const body = await status(id);
          return body.status === wanted ? body : null;
        },
        { what: `status ${wanted} of ${id}` },
      ),
  };
}

function view(reply: Reply): ReplyView {
  return { ...reply, json: JSON.parse(reply.body) };
}
