import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Member } from './harness/crew.ts';
import { fault } from './harness/fault.ts';
import { rentOne, servedThroughout, workersResume } from './harness/redis-criterion.ts';
import { startWorld } from './harness/world.ts';

tap.setTimeout(200_000);

fault(
  {
    id: 'F14',
    title: 'Redis down at the boot of gateway, worker and poller',
    criterion:
      'all three boot, 0 lost, no request over 1.5 s (but the wait for a purchase), status from Postgres, workers resume within 5 s',
    quick: false,
  },
  async ({ t, random, report }) => {
    const world = await startWorld(t, { sandbox: { autoCodeSeconds: null } });
    // The code must be found by polling, after a schedule rebuilt from the rows.
    await world.sandbox.control.changeSettings({ pushUrls: [] });
    const rental = await rentOne(world);
    const rounds = 2;
    let recoverMs = 0;
    for (let round = 0; round < rounds; round += 1) {
      const codes = await Promise.all(world.crew.members().map((member) => member.end('SIGTERM')));
      t.same(codes, [0, 0, 0], 'all end in order');
      await world.redis.kill();
      await world.crew.start('gateway');
      await world.front.look(world.crew);
      const others = [];
      for (const app of ['worker', 'poller'] as const)
        others.push(await world.crew.start(app, { awaitReady: false }));
      await Promise.all(others.map(alive));
      for (let i = 0; i < 6; i += 1) {
        await world.client.send(random.pick(world.partners));
        const { body } = await world.client.status(rental.partner, rental.id);
        t.equal(body.status, 'waiting', 'the status comes from the row');
      }
      await world.redis.start();
      recoverMs = Math.max(recoverMs, await workersResume(t, world));
      await world.settle();
      await Promise.all(
        others.map((member) => until(() => member.ready(), { what: `${member.name} to be ready` })),
      );
    }
    await world.sandbox.control.deliverCode({ phone: rental.phone, code: '2468' });
    await until(async () => (await world.client.status(rental.partner, rental.id)).body.otp === '2468', {
      what: 'the code, polled from the rebuilt schedule',
    });
    servedThroughout(t, world);
    report({ runs: rounds, ...(await audit(t, world)), recoverMs });
  },
);

/** It runs, though it is not ready to work. */
function alive(member: Member): Promise<boolean> {
  const ask = async () =>
    (await fetch(`http://127.0.0.1:${member.opsPort}/healthz`).catch(() => null))?.status === 200;
  return until(ask, { what: `${member.name} to be alive` });
}
