import pg from 'pg';
import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { createClient } from './harness/client.ts';
import { fault } from './harness/fault.ts';
import { startLoad } from './harness/load.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(300_000);

fault(
  {
    id: 'F19',
    title: 'PostgreSQL stopped and started 10 times, all its backends terminated in between',
    criterion: '503 only (and 409 idempotency_in_flight), no crash, no 2xx without a row',
    quick: true,
    timeoutSeconds: 240,
  },
  async ({ t, random, full, report }) => {
    const world = await startWorld(t, { ownPostgres: true, workers: 2, sandbox: { autoCodeSeconds: 2 } });
    const { postgres } = world;
    if (!postgres) throw new Error('no PostgreSQL of its own');
    // Straight to the gateway: a load balancer would only show that it is not ready.
    const [gateway] = world.crew.members('gateway');
    const client = createClient(`http://127.0.0.1:${gateway?.port}`);
    const load = startLoad(t, client, {
      partners: world.partners,
      random,
      sendsPerSecond: 15,
      rentsPerSecond: 2,
      pollsPerSecond: 10,
    });
    const seen = () => (client.log.statuses.get(503) ?? 0) + (client.log.statuses.get(200) ?? 0);
    const more = async (count: number) => {
      const before = seen();
      await until(async () => seen() >= before + count, { what: 'more answers', timeoutMs: 40_000 });
    };
    const rounds = full ? 10 : 2;
    for (let round = 0; round < rounds; round += 1) {
      await more(random.between(5, 20));
      await postgres.stop(round % 2 === 0 ? 'fast' : 'kill');
      await more(random.between(5, 15));
      await postgres.start();
      await accepts(client.log.statuses);
      await terminateBackends(postgres.directUrl);
    }
    await accepts(client.log.statuses);
    await load.stop();
    const recoverMs = await world.settle(120_000);
    const unexpected = client.log.wishes
      .flatMap(({ answers }) => answers)
      .filter(({ status, body }) => !mayBe(status, body.error));
    t.same(unexpected.slice(0, 5), [], 'only 2xx, 503 and 409 idempotency_in_flight');
    t.same(
      [...client.log.statusReads.keys()].filter((status) => status !== 200 && status !== 503),
      [],
    );
    t.ok((client.log.statuses.get(503) ?? 0) > 0, 'the database was missed');
    t.equal(world.crew.members().length, 4, 'every process is still there');
    report({ runs: 2 * rounds, ...(await audit(t, { ...world, client } satisfies World)), recoverMs });
  },
);

function mayBe(status: number, error: unknown): boolean {
  if (status === 409) return error === 'idempotency_in_flight';
  return status === 200 || status === 202 || status === 503;
}

async function accepts(statuses: Map<number, number>): Promise<void> {
  const before = statuses.get(200) ?? 0;
  await until(async () => (statuses.get(200) ?? 0) > before + 3, { what: 'a 200', timeoutMs: 40_000 });
}

async function terminateBackends(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  );
  await admin.end();
}
