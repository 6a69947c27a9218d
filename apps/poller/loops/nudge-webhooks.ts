import { abandonStaleWebhooks, nudgeDueWebhooks } from '#libs/services';
import type { Loop } from '../deps.ts';

/** While there is something to tell, so that an endpoint’s places do not stay empty. */
const BUSY_MS = 25;
/** Turns that find every place taken end one after another as calls do: quick ones go on for a quarter of a second. */
const BUSY_TURNS = 10;

/** Events wait in their rows until they are due. Dies after marking them: they are taken again seconds later. */
export const nudgeWebhooks: Loop = {
  name: 'nudge-webhooks',
  intervalMs: 250,
  start: ({ ctx }) => {
    let busyTurns = 0;
    return async () => {
      await abandonStaleWebhooks(ctx);
      busyTurns = (await nudgeDueWebhooks(ctx)) ? BUSY_TURNS : Math.max(0, busyTurns - 1);
      return busyTurns > 0 ? BUSY_MS : undefined;
    };
  },
};
