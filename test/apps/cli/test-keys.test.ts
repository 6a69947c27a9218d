import t from 'tap';
import { parseApiKey } from '#libs/services';
import { createTestDatabase } from '../../helpers/services.ts';
import { smsx } from './smsx.ts';

const NOWHERE = 'redis://127.0.0.1:1';

t.test('test keys and what keys tell of themselves', async (t) => {
  const env = { DATABASE_URL: await createTestDatabase(t), REDIS_URL: NOWHERE };
  const run = async (...args: string[]) => (await smsx([...args, '--json'], env)).json;
  await run('user', 'create', '--name', 'A Ltd', '--id', '7');
  const create = (...more: string[]) => run('key', 'create', '--name', 'k', ...more);

  const live = await create('--user', '7', '--rate-limit', '20');
  t.match(live, { mode: 'live', user_id: 7, rate_limit_per_second: 20 });
  const test = await create('--user', '7', '--test');
  const twin = Number(test.user_id);
  t.match(test, { mode: 'test', rate_limit_per_second: 0, secret: /^smsx_test_/ });
  t.not(twin, 7);

  await t.test('one twin with one credit, however many test keys there are', async (t) => {
    t.match(await create('--user', '7', '--test'), { mode: 'test', user_id: twin });
    t.match(await create('--user', String(twin)), { mode: 'test', user_id: twin }, 'its keys are test keys');
    t.match(await create('--user', String(twin), '--test'), { user_id: twin }, 'and it has no twin');
    const { users } = await run('user', 'list');
    t.match(users, [
      { id: 7, test_of: null, balance: '0.00' },
      { id: twin, name: 'A Ltd (test)', test_of: 7, balance: '100.00' },
    ]);
    t.match((await smsx(['user', 'list'], env)).stdout, /test twin of 7/);
  });

  await t.test('its wallet is one as any, and says that the money is play', async (t) => {
    const credit = ['wallet', 'credit', '--user', String(twin), '--amount', '5', '--reason', 'again'];
    t.match(await run(...credit), { balance: '105.00' });
    t.match(await run('wallet', 'show', '--user', String(twin)), {
      ...{ test_of: 7, balance: '105.00', entries: [{ reason: 'again' }, { reason: 'play money' }] },
    });
    t.match((await smsx(['wallet', 'show', '--user', String(twin)], env)).stdout, /play money/);
  });

  await t.test('the list shows mode, last four characters, last use and limit', async (t) => {
    const { keys } = (await run('key', 'list')) as { keys: Record<string, unknown>[] };
    for (const key of [live, test]) {
      const listed = keys.find(({ id }) => id === key.id);
      t.equal(listed?.last_four, String(key.secret).slice(-4));
      t.equal(listed?.last_used_at, null);
      t.equal(listed?.mode, key.mode);
    }
    const { stdout } = await smsx(['key', 'list'], env);
    t.match(stdout, `…${String(live.secret).slice(-4)}`);
    t.match(stdout, '20/s');
    t.match(stdout, /LAST USED/);
  });

  await t.test('a rotated key keeps mode and limit; the old one ends after the overlap', async (t) => {
    const rotate = (...more: string[]) => run('key', 'rotate', ...more);
    const fresh = await rotate(String(test.id), '--overlap-hours', '48');
    t.match(fresh, { mode: 'test', user_id: twin, replaces: test.id });
    t.equal(parseApiKey(String(fresh.secret))?.mode, 'test');
    const hours = (Date.parse(String(fresh.old_key_ends_at)) - Date.now()) / 3_600_000;
    t.ok(hours > 47.9 && hours <= 48, '48 hours');
    t.match(await rotate(String(live.id), '--overlap-hours', '0'), { rate_limit_per_second: 20 });
    const { keys } = (await run('key', 'list')) as { keys: Record<string, unknown>[] };
    t.equal(keys.find(({ id }) => id === live.id)?.state, 'expired');
    t.match(await rotate(String(fresh.id), '--overlap', '2h', '--overlap-hours', '2'), {
      error: 'invalid_overlap',
    });
    t.match(await rotate(String(fresh.id), '--overlap-hours', '-1'), { ok: false });
  });

  t.match(await create('--user', '7', '--rate-limit', 'many'), { error: 'invalid_rateLimit' });
  t.match(await create('--user', '99', '--test'), { ok: false, error: 'unknown_user' });
});
