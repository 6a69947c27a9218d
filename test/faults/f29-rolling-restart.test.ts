import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { App, Member } from './harness/crew.ts';
import { type FaultRun, fault, type Test } from './harness/fault.ts';
import { startLoad } from './harness/load.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(300_000);

const ROLLED: App[] = ['gateway', 'gateway', 'worker', 'worker', 'poller', 'poller'];
/** Far above what a balancer that asks every 50 ms needs to notice, on a busy machine too. */
const DRAIN_SECONDS = '4';

fault(
  {
    id: 'F29',
    title: 'rolling restart of every process under load',
    criterion: 'no failed request; unready before it stops to listen; every process ends with 0',
    quick: false,
    timeoutSeconds: 280,
  },
  rollingRestart,
);

async function rollingRestart({ t, random, report }: FaultRun): Promise<void> {
  const world = await startWorld(t, {
    gateways: 2,
    workers: 2,
    pollers: 2,
    partners: 3,
    env: { DRAIN_SECONDS },
    sandbox: { autoCodeSeconds: 2 },
  });
  // Every purchase takes a while, so that some are under way whenever a process is told to end.
  await world.sandbox.control.addFault({
    provider: 'smsbower',
    action: 'getNumberV2',
    kind: 'slow',
    delayMs: 1_500,
    times: null,
  });
  const { partners } = world;
  const load = startLoad(t, world.client, {
    partners,
    random,
    sendsPerSecond: 15,
    rentsPerSecond: 2,
    pollsPerSecond: 15,
  });
  const old = ROLLED.map((app, index) => ({ app, member: world.crew.members(app)[index % 2] }));
  for (const { app, member } of old) if (member) await replace(t, world, app, member);
  const ended = performance.now();
  await load.stop();
  const { wishes, statuses } = world.client.log;
  const refused = wishes.flatMap(({ answers }) => answers.filter(({ status }) => status > 202));
  t.same(refused.map(({ text }) => text).slice(0, 5), [], 'no wish was refused');
  t.same(
    [...statuses.keys()].filter((status) => status !== 200 && status !== 202),
    [],
    'no request failed',
  );
  t.ok(
    wishes.every(({ answers }) => answers.length === 1),
    `nobody had to repeat one of ${wishes.length} wishes`,
  );
  await world.settle();
  const recoverMs = performance.now() - ended;
  const { lost, doubled } = await audit(t, world);
  report({ runs: ROLLED.length, lost, doubled, recoverMs });
}

/** The new one is ready before the old one is told to end, as every orchestrator does it. */
async function replace(t: Test, world: World, app: App, old: Member): Promise<void> {
  await world.crew.start(app);
  const ended = old.end('SIGTERM');
  if (app === 'gateway') await servesWhileUnready(t, old);
  t.equal(await ended, 0, `${old.name} ends with 0`);
}

/** Between the first red answer and the end, whoever still comes is served and told to close the connection. */
async function servesWhileUnready(t: Test, gateway: Member): Promise<void> {
  await until(async () => !(await gateway.ready()), { what: 'the gateway to be unready', everyMs: 5 });
  const response = await fetch(`http://127.0.0.1:${gateway.port}/openapi.json`).catch(() => null);
  t.equal(response?.status, 200, 'unready, it still serves');
  t.equal(response?.headers.get('connection'), 'close', 'and ends the connection after the reply');
  await response?.body?.cancel();
}
