import {
  eraseOldDeliveries,
  eraseOldEvents,
  eraseOldIdempotency,
  eraseOldTexts,
  eraseUnwantedMirror,
  TEXT_DAYS,
} from '#libs/store';
import type { Loop } from '../deps.ts';

const BATCH = 5_000;
const WEBHOOK_DAYS = 30;
const EVENT_DAYS = 30;

/** Erases what has served its time. */
export const erase: Loop = {
  name: 'erase',
  intervalMs: 60_000,
  start:
    ({ ctx }) =>
    async () => {
      const keys = await eraseOldIdempotency(ctx.db, BATCH);
      const texts = await eraseOldTexts(ctx.db, { days: TEXT_DAYS, limit: BATCH });
      const webhooks = await eraseOldDeliveries(ctx.db, { days: WEBHOOK_DAYS, limit: BATCH });
      const events = await eraseOldEvents(ctx.db, { days: EVENT_DAYS, limit: BATCH });
      await eraseUnwantedMirror(ctx.db);
      return [keys, texts, webhooks].includes(BATCH) || events >= BATCH;
    },
};
