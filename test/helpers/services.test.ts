import pg from 'pg';
import t from 'tap';
import { createBareDatabase, createTestDatabase, testRedisPrefix, testRedisUrl } from './services.ts';

t.test('each test file gets a migrated database of its own', async (t) => {
  const urls = await Promise.all([createTestDatabase(t), createTestDatabase(t), createBareDatabase(t)]);
  t.equal(new Set(urls).size, 3);
  const counts = await Promise.all(urls.map(countTables));
  t.ok(Number(counts[0]) > 5, 'the migrations ran');
  t.equal(counts[0], counts[1]);
  t.equal(counts[2], 0);
});

t.test('a database is dropped in teardown, also while somebody is connected', async (t) => {
  const teardowns: (() => unknown)[] = [];
  const url = await createBareDatabase({ teardown: (handler) => teardowns.push(handler) });
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  for (const teardown of teardowns) await teardown();
  await t.rejects(countTables(url), { code: '3D000' });
});

t.test('keys of two test files never meet', async (t) => {
  t.match(testRedisUrl(), /^redis:\/\/:\w+@127\.0\.0\.1:\d+$/);
  t.not(testRedisPrefix(), testRedisPrefix());
  t.match(testRedisPrefix(), /^\{.+\}$/);
});

async function countTables(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(
    "SELECT count(*)::int AS count FROM information_schema.tables WHERE table_schema = 'public'",
  );
  await client.end();
  return rows[0].count;
}
