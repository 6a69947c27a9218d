import { rentNumberJob } from '#libs/jobs';
import type { ServiceContext } from '#libs/services';
import { insertRental } from '#libs/store';
import { PRICE } from './settings.ts';

/** What rentNumber commits and nudges, without its quote, which needs the mirror of prices. */
export async function openRental(ctx: ServiceContext, service: string): Promise<void> {
  const id = await insertRental(ctx.db, {
    ...{ userId: 1, apiKey: 'key', providerId: 1, service, country: 22, clientRef: null, callbackUrl: null },
    ...{ priceMicros: PRICE, maxCostMicros: PRICE, buySeconds: 20, idempotency: null },
  });
  if (typeof id !== 'number') throw id ?? new Error('without a key none can be taken');
  void ctx.jobs.enqueue(rentNumberJob({ id, epoch: 1 }));
}
