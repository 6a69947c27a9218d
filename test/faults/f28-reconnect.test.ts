import { spawnSync } from 'node:child_process';
import tap from 'tap';
import { freePort } from '../../scripts/lib/ports.mjs';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Member } from './harness/crew.ts';
import { fault, type Test } from './harness/fault.ts';
import { gatherHerd } from './harness/herd.ts';
import { rentOne } from './harness/redis-criterion.ts';
import { startWorld } from './harness/world.ts';

tap.setTimeout(200_000);

const ALL = 5_000;
const FEW = 300;
const RATE_PER_SECOND = 100;
const SHED_WITHIN_SECONDS = 0.05;

fault(
  {
    id: 'F28',
    title: '5 000 clients reconnect at once',
    criterion: 'shed with 429 or 503 in under 50 ms, no other refusal, none hangs, recovery by itself',
    quick: true,
  },
  async ({ t, random, full, report }) => {
    const clients = affordable(t, full ? ALL : FEW);
    const world = await startWorld(t, {
      gateways: 0,
      partners: 5,
      env: { RATE_LIMIT_PER_SECOND: String(RATE_PER_SECOND) },
    });
    const port = await freePort();
    const first = await world.crew.start('gateway', { env: { PORT: String(port) } });
    await world.front.look(world.crew);
    const { id, partner } = await rentOne(world);
    const herd = await gatherHerd({
      port,
      clients,
      random,
      comeBack: first.ended,
      request: () =>
        `GET /api/virtual-numbers.php?action=status&id=${id} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${partner.apiKey}\r\n\r\n`,
    });
    await first.end('SIGKILL');
    const second = await world.crew.start('gateway', { env: { PORT: String(port) }, awaitReady: false });
    const answers = await herd.answered;
    const over = performance.now();
    const by = new Map<number, number>();
    for (const { status } of answers) by.set(status, (by.get(status) ?? 0) + 1);
    t.comment(`${clients} clients: ${JSON.stringify([...by])}`);
    t.same(
      [...by.keys()].filter((status) => ![200, 429, 503].includes(status)),
      [],
      'every client was served or shed',
    );
    t.ok((by.get(200) ?? 0) > 0, 'some were served');
    t.ok((by.get(429) ?? 0) + (by.get(503) ?? 0) > 0, 'some were shed');
    await shedFast(t, second);
    await until(async () => (await world.client.status(partner, id)).status === 200, {
      what: 'the gateway to serve again',
    });
    const recoverMs = performance.now() - over;
    await world.client.send(partner);
    await world.settle();
    report({ runs: 1, ...(await audit(t, world)), recoverMs });
  },
);

/** Each client costs this process and the gateway a descriptor. */
function affordable(t: Test, clients: number): number {
  const limit = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim());
  const most = Number.isFinite(limit) ? limit - 500 : clients;
  if (most >= clients) return clients;
  t.comment(`${most} clients instead of ${clients}: a process may hold ${limit} descriptors (ulimit -Hn)`);
  return most;
}

/** By the gateway's own measure: from the first line of the request until the refusal was written. */
async function shedFast(t: Test, gateway: Member): Promise<void> {
  const text = await (await fetch(`http://127.0.0.1:${gateway.opsPort}/metrics`)).text();
  const sum = (pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
  const label = 'status="[45]xx"[^}]*';
  const fast = sum(
    new RegExp(
      `smsx_http_request_seconds_bucket\\{[^}]*le="${SHED_WITHIN_SECONDS}"[^}]*${label}\\} (\\d+)`,
      'g',
    ),
  );
  const all = sum(new RegExp(`smsx_http_request_seconds_count\\{[^}]*${label}\\} (\\d+)`, 'g'));
  t.comment(`${fast} of ${all} refusals within ${SHED_WITHIN_SECONDS * 1_000} ms`);
  t.ok(all > 0 && fast > 0, 'refusals within that time');
}
