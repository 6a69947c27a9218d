import { abandonStaleWebhooks, nudgeDueWebhooks } from '#libs/services';
import type { Loop } from '../deps.ts';

/** Events wait in their rows until they are due. Dies after marking them: they are taken again seconds later. */
export const nudgeWebhooks: Loop = {
  name: 'nudge-webhooks',
  intervalMs: 250,
  start:
    ({ ctx }) =>
    async () => {
      await abandonStaleWebhooks(ctx);
      return nudgeDueWebhooks(ctx);
    },
};
