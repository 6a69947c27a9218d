import t from 'tap';
import { createKeys, createReplyReceiver } from '#libs/cache';
import type { AppContext } from '#libs/platform';
import { createServiceContext, rentNumber } from '#libs/services';
import { findIdempotency } from '#libs/store';
import { startWorker } from '../../../apps/worker/start.ts';
import { createPartner } from '../../helpers/partner.ts';
import { startSystem } from '../../helpers/system.ts';
import { until } from '../../helpers/until.ts';

t.test('a rental takes five trips to PostgreSQL, three of them a commit', async (t) => {
  const system = await startSystem(t, { workers: 0 });
  const statements: string[] = [];
  const listened = (app: AppContext): AppContext => ({
    ...app,
    database: {
      ...app.database,
      query(sql, values) {
        statements.push(sql.trim().split(/\s+/).slice(0, 2).join(' '));
        return app.database.query(sql, values);
      },
      transaction() {
        throw new Error('a transaction takes two trips more');
      },
    },
  });
  const { redisPrefix } = system;
  await startWorker(listened(system.context('worker')), { redisPrefix });
  const app = listened(system.context('gateway'));
  const parts = createServiceContext({ ...app, redis: app.openRedis('fail-fast'), redisPrefix });
  const receiver = createReplyReceiver({ redis: app.openRedis('wait'), keys: createKeys(redisPrefix) });
  app.onClose('producer', () => parts.jobs.close());
  const ctx = { ...parts, receiver };
  const { partner, userId } = await createPartner(system.ctx);
  const rent = (key: string) =>
    rentNumber({
      ctx,
      input: {
        ...{ partner, requestId: 'r', idempotency: { key, requestHash: Buffer.from('hash') } },
        ...{
          service: 'tg',
          country: 22,
          apiId: null,
          maxPriceMicros: null,
          clientRef: null,
          callbackUrl: null,
        },
      },
    });
  const kept = (key: string) =>
    until(async () => {
      const record = await findIdempotency(system.ctx.db, {
        scope: `u:${userId}`,
        route: 'rent_number',
        key,
      });
      return record?.replyStatus ? record : null;
    });
  await rent('warms prices and the provider');
  await kept('warms prices and the provider');

  statements.length = 0;
  const reply = await rent('counted');
  t.match(reply, { status: 200, replayed: false });
  const record = await kept('counted');
  t.equal(record.replyBody, reply.body, 'kept, though nobody waited for it');
  t.same(statements, [
    'SELECT CASE',
    'SELECT activation_id',
    'WITH held',
    'WITH answering',
    'SELECT id,',
    'WITH held',
  ]);

  const { rows } = await system.ctx.db.query(
    `UPDATE idempotency_keys SET reply_status = NULL, reply_body = NULL WHERE key = 'counted' RETURNING 1`,
  );
  t.equal(rows.length, 1);
  t.same(
    await rent('counted'),
    { ...reply, replayed: true },
    'a reply that was not kept is made again, to the byte',
  );
});
