import { rentNumberJob } from '#libs/jobs';
import type { ServiceContext } from '#libs/services';
import { insertActivation, moveMoney } from '#libs/store';
import { PRICE } from './settings.ts';

/** What rentNumber commits and nudges, without its quote, which needs the mirror of prices. */
export async function openRental(ctx: ServiceContext, service: string): Promise<void> {
  const id = await ctx.db.transaction(async (tx) => {
    const activationId = await insertActivation(tx, {
      ...{
        userId: 1,
        apiKey: 'key',
        providerId: 1,
        service,
        country: 22,
        clientRef: null,
        callbackUrl: null,
      },
      ...{ priceMicros: PRICE, maxCostMicros: PRICE, buySeconds: 20 },
    });
    const hold = { userId: 1, kind: 'hold', amountMicros: PRICE, activationId, reason: 'rental' } as const;
    await moveMoney(tx, hold);
    return activationId;
  });
  void ctx.jobs.enqueue(rentNumberJob({ id, epoch: 1 }));
}
