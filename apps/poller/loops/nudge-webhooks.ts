import { abandonStaleWebhooks, nudgeDueWebhooks } from '#libs/services';
import type { Loop } from '../deps.ts';

/** While there is something to tell, so that an endpoint’s places do not stay empty. */
const BUSY_MS = 25;

/** Events wait in their rows until they are due. Dies after marking them: they are taken again seconds later. */
export const nudgeWebhooks: Loop = {
  name: 'nudge-webhooks',
  intervalMs: 250,
  start:
    ({ ctx }) =>
    async () => {
      await abandonStaleWebhooks(ctx);
      return (await nudgeDueWebhooks(ctx)) ? BUSY_MS : undefined;
    },
};
