import { setTimeout as delay } from 'node:timers/promises';
import tap from 'tap';
import { audit } from './harness/audit.ts';
import { fault } from './harness/fault.ts';
import type { Toxic } from './harness/proxy.ts';
import { startWorld } from './harness/world.ts';

tap.setTimeout(200_000);

const AWAY_MS = 3_000;

fault(
  {
    id: 'F22',
    title: 'upstream never accepts a connection',
    criterion: 'tried again once it does; one call each, nothing lost',
    quick: true,
    timeoutSeconds: 150,
  },
  async ({ t, full, report }) => {
    const world = await startWorld(t, { sandbox: { autoCodeSeconds: 2 } });
    const [partner] = world.partners;
    if (!partner) throw new Error('a world without partners');
    // Prices are known before; a rent without them is refused at once.
    await world.client.rent(partner);
    const ways: Toxic[] = full
      ? [{ kind: 'refuse' }, { kind: 'refuse' }, { kind: 'reset' }]
      : [{ kind: 'refuse' }];
    let recoverMs = 0;
    for (const way of ways) {
      const heal = await Promise.all([world.proxies.twilio.apply(way), world.proxies.smsbower.apply(way)]);
      const wishes = [world.client.send(partner), world.client.send(partner), world.client.rent(partner)];
      await delay(AWAY_MS);
      await Promise.all(heal.map((end) => end()));
      const healed = performance.now();
      for (const { id } of await Promise.all(wishes)) t.ok(id, 'accepted in the end');
      await world.settle();
      recoverMs = Math.max(recoverMs, performance.now() - healed);
    }
    const inbox = await world.sandbox.control.messages();
    t.equal(inbox.length, 2 * ways.length, 'every message went out, once');
    const { lost, doubled } = await audit(t, world);
    report({ runs: ways.length, lost, doubled, recoverMs });
  },
);
