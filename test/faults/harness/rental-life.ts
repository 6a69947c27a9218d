import { setTimeout as delay } from 'node:timers/promises';
import type { Wish } from './client.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/**
 * What becomes of a rental after it was bought: half get a code after a while, some a second one, some are cancelled
 * by the partner, the rest expire.
 */
export async function liveOn(world: World, random: Random, wish: Wish): Promise<void> {
  const fate = random.next();
  const waitMs = random.between(500, 15_000);
  if (wish.id === null || fate >= 0.8) return;
  await delay(waitMs);
  if (fate >= 0.6) {
    await world.client.request(wish.partner, '/api/virtual-numbers.php?action=cancel', {
      body: { id: wish.id },
    });
    return;
  }
  const { body } = await world.client.status(wish.partner, wish.id);
  const phone = typeof body.phone === 'string' ? body.phone : null;
  // Over already, or bought without an answer: then no code comes.
  if (phone) await world.sandbox.control.deliverCode({ phone }).catch(() => undefined);
}
