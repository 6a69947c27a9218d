import { TEST_PROVIDER_ID } from '#libs/domain';
import { measureDeliveryStats } from '#libs/store';
import type { ServiceContext } from './context.ts';

/** Rentals of so many days count. */
export const DELIVERY_DAYS = 7;
const FRESH_SECONDS = 300;

/** Success rates and times to the code, at most once in five minutes whoever asks. True when they were measured now. */
export function measureDelivery(ctx: Pick<ServiceContext, 'db'>): Promise<boolean> {
  const options = { days: DELIVERY_DAYS, freshSeconds: FRESH_SECONDS, exceptProvider: TEST_PROVIDER_ID };
  return measureDeliveryStats(ctx.db, options);
}
