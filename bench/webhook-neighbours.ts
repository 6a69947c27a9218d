import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'undici';
import { freePort } from '../scripts/lib/ports.mjs';
import { waitUntil } from '../scripts/lib/processes.mjs';
import { selfSigned } from '../scripts/lib/self-signed.mjs';
import type { AppProcess } from './harness/app-process.ts';
import type { Benchmark, Figure, Side } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { flatness, told } from './harness/flatness.ts';
import { type Installation, install } from './harness/installation.ts';
import { measureLoad, type Sample } from './harness/measure.ts';
import type { Partner } from './harness/partners.ts';
import { programsFolder, startServer } from './harness/programs.ts';
import { sendRequests } from './harness/requests.ts';
import type { Run } from './harness/run.ts';
import { percentileOf, spreadOf } from './harness/statistics.ts';

const WAITING = 10_000;
/** Far below the peak: what is measured is how long a send and its webhook take. */
const SENDS_PER_SECOND = 25;
/** Just below the time limit of a call, so that its ten places are always taken. */
const SLOW_MS = 9_000;
const PATIENCE_MS = 60_000;

/** The endpoints of the partner in trouble: each gets a third of what waits. */
const IN_TROUBLE = ['slow', 'silent', 'refusing'] as const;
const HOSTS = [...IN_TROUBLE, 'good'].map((name) => `${name}.partner.test`);

export const webhookNeighbours: Benchmark = {
  name: 'webhook-neighbours',
  ours: 'a partner’s sends and webhooks while 10 000 deliveries of another wait for endpoints that are slow or dead',
  limit: 'the same while nothing waits',
  async run(run) {
    const bench = await prepare(run);
    const quiet = await measure(run, bench, 'nothing waits');
    run.progress('making the deliveries that wait');
    const count = Math.round(WAITING * run.size);
    await flood(bench, Math.ceil(count / IN_TROUBLE.length));
    const crowded = await measure(run, bench, `${count} wait`);
    const left = await countWaiting(bench);
    return {
      figures: [
        ...compared('send', quiet.sends, crowded.sends),
        ...compared('webhook', quiet.told, crowded.told),
      ],
      sides: [sideOf('sends, nothing waits', quiet.sends), sideOf('sends', crowded.sends)].concat(
        sideOf('webhooks, nothing waits', quiet.told),
        sideOf('webhooks', crowded.told),
      ),
      notes: [
        `${count} deliveries waiting at first, ${left.waiting} at the end, ${left.attempts} attempts at them; ${SENDS_PER_SECOND} sends per second`,
      ],
    };
  },
};

interface Bench {
  installation: Installation;
  gateway: AppProcess;
  receiver: Client;
  inTrouble: Partner;
  neighbour: Partner;
}

async function prepare(run: Run): Promise<Bench> {
  const installation = await install(run, { partners: 2 });
  const [inTrouble, neighbour] = installation.partners;
  if (!inTrouble || !neighbour) throw new Error('two partners are needed');
  const { rest } = placementOf();
  const certificate = selfSigned(HOSTS);
  const file = join(programsFolder(), 'receiver.pem');
  writeFileSync(file, certificate.cert);
  const { port } = await startServer(run.scope, 'receiver', { ...certificate, slowMs: SLOW_MS }, rest);
  const receiver = new Client(`https://127.0.0.1:${port}`, { connect: { rejectUnauthorized: false } });
  run.scope.onEnd(() => receiver.destroy());
  const gateway = await installation.start('gateway');
  const main = (folder: string) => [join(programsFolder(), 'webhook-worker.js'), folder, file];
  await installation.start('worker', { cores: rest, main });
  await installation.start('poller', { cores: rest });
  await createEndpoint(gateway, neighbour, `https://good.partner.test:${port}/good`);
  for (const name of IN_TROUBLE) {
    const at = name === 'refusing' ? await freePort() : port;
    await createEndpoint(gateway, inTrouble, `https://${name}.partner.test:${at}/${name}`);
  }
  return { installation, gateway, receiver, inTrouble, neighbour };
}

async function createEndpoint({ port }: AppProcess, { headers }: Partner, url: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/webhooks`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ url, event_types: ['message.sent'] }),
  });
  if (response.status !== 201) throw new Error(`no endpoint was made: ${await response.text()}`);
}

/** Sends of the neighbour, each of which is told to its endpoint. */
async function measure(run: Run, bench: Bench, what: string): Promise<{ sends: Sample[]; told: Sample[] }> {
  const { installation, gateway, neighbour } = bench;
  const requests = sendRequests({ ...installation, partners: [neighbour] });
  const options = { connections: 16, requests, ratePerSecond: SENDS_PER_SECOND };
  const sends: Sample[] = [];
  const arrived: Sample[] = [];
  for (let round = 1; round <= run.rounds; round += 1) {
    run.progress(`round ${round} of ${run.rounds}, ${what}`);
    sends.push(await measureLoad(run, { port: gateway.port, pids: [gateway.pid] }, options));
    arrived.push(sampleOf(await takeDelays(bench)));
  }
  return { sends, told: arrived };
}

/** How long each webhook of the neighbour took since the last call, once all have arrived. */
async function takeDelays({ installation, receiver, neighbour }: Bench): Promise<number[]> {
  const allTold = async () => {
    const [row] = await installation.sql<{ left: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM messages WHERE owner = $1 AND state IN ('ready', 'calling', 'unknown'))
           OR EXISTS (SELECT 1 FROM webhook_deliveries WHERE owner = $1 AND state IN ('ready', 'calling')) AS left`,
      [ownerOf(neighbour)],
    );
    return row?.left === false;
  };
  if (!(await waitUntil(allTold, PATIENCE_MS))) throw new Error('not every webhook of the neighbour arrived');
  const { body } = await receiver.request({ path: '/control/take', method: 'GET' });
  return (await body.json()) as number[];
}

/** Messages that were sent, as far as webhooks are concerned; each is told to every endpoint in trouble. */
async function flood({ installation, inTrouble }: Bench, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await installation.sql(
    `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, valid_until, next_attempt_at)
     SELECT id, $2, 'bench', '+15551234567', 'gsm7', 1, now() + interval '1 day', now() + interval '1 hour'
     FROM unnest($1::uuid[]) AS id`,
    [ids, ownerOf(inTrouble)],
  );
  await installation.sql(`UPDATE messages SET state = 'sent' WHERE id = ANY ($1::uuid[])`, [ids]);
}

async function countWaiting({
  installation,
  inTrouble,
}: Bench): Promise<{ waiting: number; attempts: number }> {
  const [row] = await installation.sql<{ waiting: number; attempts: number }>(
    `SELECT count(*) FILTER (WHERE state <> 'delivered')::integer AS waiting, sum(attempts)::integer AS attempts
     FROM webhook_deliveries WHERE owner = $1`,
    [ownerOf(inTrouble)],
  );
  if (!row || row.waiting === 0) throw new Error('nothing waited');
  return row;
}

const ownerOf = ({ userId }: Partner): string => `u:${userId}`;

function sampleOf(delays: number[]): Sample {
  return {
    perSecond: Number.NaN,
    p50Ms: percentileOf(delays, 0.5),
    p99Ms: percentileOf(delays, 0.99),
    mostMs: Math.max(...delays),
    cpuMicrosEach: null,
    busy: null,
    statuses: {},
  };
}

/** A p99 of some hundred events is the slowest one or two: told, and not judged. */
function compared(what: string, quiet: Sample[], crowded: Sample[]): Figure[] {
  const median = (samples: Sample[], read: (sample: Sample) => number) => spreadOf(samples.map(read)).median;
  const over = median(crowded, ({ p50Ms }) => p50Ms) / median(quiet, ({ p50Ms }) => p50Ms);
  return [
    flatness(`p50 of a ${what}, over that while nothing waits`, [over]),
    told(
      `p99 of a ${what} while nothing waits`,
      'ms',
      quiet.map(({ p99Ms }) => p99Ms),
    ),
    told(
      `p99 of a ${what}`,
      'ms',
      crowded.map(({ p99Ms }) => p99Ms),
    ),
  ];
}

function sideOf(name: string, samples: Sample[]): Side {
  return { name, isLimit: false, counted: name.startsWith('sends') ? 'message' : 'event', samples };
}
