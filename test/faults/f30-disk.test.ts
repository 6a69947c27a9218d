import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { createClient } from './harness/client.ts';
import { fault } from './harness/fault.ts';
import { fullDiskProblem, limitFiles } from './harness/full-disk.ts';
import { startLoad } from './harness/load.ts';
import { startWorld, type World, type WorldOptions } from './harness/world.ts';

tap.setTimeout(300_000);

const MIB = 1_048_576;
/** A segment of the log is made at its full size of 16 MiB; what is beyond is tables. */
const TABLES_FULL_AT = 16 * MIB;

fault(
  {
    id: 'F30',
    title: 'slow disk, full disk',
    criterion: 'only 2xx, 503 and 409 idempotency_in_flight, no 2xx without a row, recovery by itself',
    quick: false,
    timeoutSeconds: 150,
  },
  async ({ t, random, report }) => {
    const options: WorldOptions = {
      ownPostgres: true,
      sandbox: { autoCodeSeconds: 2 },
      redis: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
    };
    const world = await startWorld(t, options);
    const [gateway] = world.crew.members('gateway');
    const client = createClient(`http://127.0.0.1:${gateway?.port}`);
    const { postgres } = world;
    if (!postgres) throw new Error('no PostgreSQL of its own');
    const load = startLoad(t, client, {
      partners: world.partners,
      random,
      sendsPerSecond: 8,
      rentsPerSecond: 1,
      pollsPerSecond: 8,
    });
    const answers = (status: number) => client.log.statuses.get(status) ?? 0;
    const more = async (status: number, count: number) => {
      const before = answers(status);
      await until(async () => answers(status) >= before + count, {
        what: `${count} more answers with ${status}`,
        timeoutMs: 60_000,
      });
    };
    await more(200, 20);
    for (const proxy of [postgres.proxy, world.proxies.redis]) {
      const lift = await proxy.apply({ kind: 'latency', ms: random.between(100, 250) });
      await more(200, 15);
      await lift();
      await more(200, 20);
    }
    const problem = fullDiskProblem();
    if (problem) t.comment(problem);
    else {
      limitFiles(world.redis.pid(), 1);
      await until(() => refusesWrites(world), { what: 'Redis to miss its disk' });
      await more(200, 40);
      limitFiles(world.redis.pid(), null);
      await until(async () => !(await refusesWrites(world)), { what: 'Redis to write again' });
      await more(200, 20);

      await fillMessages(world);
      limitFiles(postgres.pid(), TABLES_FULL_AT);
      await more(503, 20);
      limitFiles(postgres.pid(), null);
      await more(200, 40);
    }
    await load.stop();
    const recoverMs = await world.settle(120_000);
    const unexpected = client.log.wishes
      .flatMap((wish) => wish.answers)
      .filter(
        ({ status, body }) => ![200, 202, 503].includes(status) && body.error !== 'idempotency_in_flight',
      );
    t.same(unexpected.slice(0, 3), [], 'only 2xx, 503 and 409 idempotency_in_flight');
    await world.ctx.db.query(`DELETE FROM messages WHERE owner = 'filler'`);
    report({ runs: problem ? 2 : 4, ...(await audit(t, { ...world, client })), recoverMs });
  },
);

async function refusesWrites({ redis }: World): Promise<boolean> {
  return redis.command('SET', 'probe', 'x').then(
    () => false,
    (error: Error) => error.message.startsWith('MISCONF'),
  );
}

/** The table reaches beyond the limit and its pages are full (four rows each), so that the next one is one too many. */
async function fillMessages({ ctx }: World): Promise<void> {
  await ctx.db.query(
    `INSERT INTO messages (id, owner, api_key, to_number, body, encoding, segments, state, error, valid_until)
     SELECT gen_random_uuid(), 'filler', 'filler', '+15550000000', convert_to(repeat(md5(random()::text), 57), 'UTF8'),
            'gsm7', 1, 'failed', 'filler', now() FROM generate_series(1, 9000)`,
  );
}
