import t from 'tap';
import { listAudit } from '#libs/store';
import { createPartner } from '../../helpers/partner.ts';
import { testRedisUrl } from '../../helpers/services.ts';
import { startSystem } from '../../helpers/system.ts';
import { smsx } from './smsx.ts';

t.test('webhooks that were given up', async (t) => {
  const system = await startSystem(t, { workers: 0, pollers: 0 });
  const { ctx } = system;
  const env = { DATABASE_URL: system.config.databaseUrl, REDIS_URL: testRedisUrl() };
  const { send, userId } = await createPartner(ctx);
  const id = (await send({ callbackUrl: 'https://hooks.partner.test/sms' })).json.id;
  await ctx.db.query(`UPDATE messages SET state = 'sent' WHERE id = $1`, [id]);
  const state = async () => {
    const { rows } = await ctx.db.query('SELECT state, epoch, attempts FROM webhook_deliveries');
    return rows[0];
  };
  const replay = (...more: string[]) => smsx(['webhook', 'replay', '--json', ...more], env);

  t.match(await replay('--user', String(userId)), { code: 0, json: { ok: true, count: 0 } });
  t.match(await state(), { state: 'ready', epoch: 1 }, 'one that is on its way is left alone');

  await ctx.db.query(`UPDATE webhook_deliveries SET state = 'failed', attempts = 9, finished_at = now()`);
  t.match(await replay('--user', String(userId), '--since', '1m'), {
    code: 0,
    json: { ok: true, count: 1, webhooks: [{ type: 'message.sent' }] },
  });
  t.match(await state(), { state: 'ready', epoch: 2, attempts: 0 });
  t.match((await listAudit(ctx.db, 1))[0], {
    action: 'webhook.replayed',
    subject: `u:${userId}`,
    details: { count: 1 },
  });

  t.match(await replay(), { code: 2, json: { ok: false, error: 'missing_selection' } });
  t.match(await replay('--id', 'nonsense'), { code: 2, json: { error: 'invalid_id' } });
  t.match(await replay('--user', '999'), { json: { ok: false, error: 'unknown_user' } });
});
