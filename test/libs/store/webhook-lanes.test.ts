import { randomUUID } from 'node:crypto';
import t from 'tap';
import { type Database, openDatabase } from '#libs/platform';
import { claimDelivery, insertEndpoint, postponeDelivery, takeDueDeliveries } from '#libs/store';
import { readyMessages } from '../../helpers/message-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';

const LIMITS = { quietSeconds: 10, mostOfLane: 50, mostOfSlowLane: 10 };

t.test(
  'what was put off keeps the places of its endpoint, and none of a partner’s callback URLs',
  async (t) => {
    const url = await createTestDatabase(t);
    const db = openDatabase({ url, applicationName: 'lanes', onError: () => undefined });
    t.teardown(() => db.close());
    const hook = { url: 'https://hooks.partner.test/', secret: Buffer.from('sealed'), description: null };
    await db.transaction((tx) =>
      insertEndpoint(tx, { ...hook, id: randomUUID(), owner: 'u:1', eventTypes: null }, 20),
    );
    await sentMessages(db, 200, 'u:1', null);
    await sentMessages(db, 200, 'u:2', 'https://dead.partner.test/');

    t.same(await takeAndPutOff(db), { 'u:1': 50, 'u:2': 50 });
    t.same(
      await takeAndPutOff(db),
      { 'u:2': 50 },
      'an endpoint is one address, so what follows would be put off too; callback URLs are many',
    );
    await sentMessages(db, 60, 'u:1', null);
    await db.query(
      `UPDATE webhook_deliveries SET attempts = 1, next_attempt_at = now() + interval '5 seconds'
       WHERE id IN (SELECT id FROM webhook_deliveries WHERE owner = 'u:1' AND nudged_at IS NULL LIMIT 60)`,
    );
    t.equal((await takeAndPutOff(db))['u:1'], undefined, 'also when retries of others come before them');
    await db.query(`UPDATE webhook_deliveries SET next_attempt_at = now() - interval '1 second'
    WHERE owner = 'u:1' AND nudged_at = '-infinity'`);
    t.equal((await takeAndPutOff(db))['u:1'], 50, 'and their places are free again when they come back');
  },
);

async function sentMessages(db: Database, count: number, owner: string, callbackUrl: string | null) {
  const ids = (await readyMessages(db, count, { owner, callbackUrl })).map(({ id }) => id);
  await db.query(`UPDATE messages SET state = 'sent' WHERE id = ANY($1::uuid[])`, [ids]);
}

/** How many of each owner were given, all of which a worker then puts off. */
async function takeAndPutOff(db: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { id, epoch } of await takeDueDeliveries(db, LIMITS)) {
    const held = { id, epoch, claim: randomUUID() };
    const delivery = await claimDelivery(db, held);
    if (!delivery) throw new Error('it was due, and could not be claimed');
    counts[delivery.owner] = (counts[delivery.owner] ?? 0) + 1;
    await postponeDelivery(db, held, 60);
  }
  return counts;
}
