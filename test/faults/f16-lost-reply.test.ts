import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import tap from 'tap';
import * as own from '../../libs/cache/scripts.ts';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import { fault, type Test } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(300_000);

/** What is carried out without its caller ever hearing so. */
interface Strike {
  script: string;
  queue?: string;
}

const QUEUE_SCRIPTS: Record<string, { content: string }> = createRequire(import.meta.url)(
  'bullmq/dist/cjs/scripts/index.js',
);

const QUICK: Strike[] = [
  { script: queueScript('addStandardJob'), queue: ':sms-send:' },
  { script: own.COUNT_AND_READ },
];
const OTHERS: Strike[] = [
  { script: queueScript('addStandardJob'), queue: ':rent-number:' },
  { script: own.WRITE_STATUS },
  { script: own.TAKE_TOKENS },
  { script: own.CLAIM_DUE },
  { script: queueScript('moveToFinished'), queue: ':sms-send:' },
  // The job is running for nobody: BullMQ takes it for stalled after its lock of half a minute.
  { script: queueScript('moveToActive'), queue: ':sms-send:' },
];

fault(
  {
    id: 'F16',
    title: 'Redis carries out a command and its reply is lost',
    criterion: 'one call upstream, no job twice in its queue, 0 lost',
    quick: true,
    timeoutSeconds: 200,
  },
  async ({ t, random, full, report }) => {
    const world = await startWorld(t, {
      env: { RATE_LIMIT_PER_SECOND: '1000' },
      sandbox: { autoCodeSeconds: 1 },
    });
    // Only then does a worker ask Redis for the right to call.
    await world.ctx.db.query('UPDATE providers SET requests_per_second = 1000');
    const strikes = full ? [...QUICK, ...OTHERS] : QUICK;
    let recoverMs = 0;
    for (const strike of strikes) {
      const partner = random.pick(world.partners);
      // The first call on a connection carries the script itself, later ones its digest.
      await oneOfEach(world, partner);
      const match = [digestOf(strike.script), strike.queue ?? ''];
      const lostBefore = world.proxies.redis.lostReplies();
      const lift = await world.proxies.redis.apply({ kind: 'lost-reply', match });
      await until(
        async () => {
          await oneOfEach(world, partner);
          return world.proxies.redis.lostReplies() > lostBefore;
        },
        { what: `a lost reply to number ${strikes.indexOf(strike)} of the list` },
      );
      await lift();
      recoverMs = Math.max(recoverMs, await world.settle(120_000));
    }
    await onceEach(t, world);
    report({ runs: strikes.length, ...(await audit(t, world)), recoverMs });
  },
);

async function oneOfEach(world: World, partner: World['partners'][number]): Promise<void> {
  const [, rent] = await Promise.all([world.client.send(partner), world.client.rent(partner)]);
  await world.client.status(partner, rent.id ?? '');
}

/** Each row was carried out once, and no queue ever held two jobs for the same attempt of a row. */
async function onceEach(t: Test, world: World): Promise<void> {
  const calls = await world.sandbox.control.calls();
  const wished = (kind: string) => world.client.log.wishes.filter((wish) => wish.kind === kind).length;
  t.equal(calls['twilio.create'], wished('send'), 'one call for each send');
  t.equal(calls['smsbower.getNumberV2'], wished('rent'), 'one call for each rent');
  for (const name of ['sms-send', 'rent-number']) {
    const queue = world.ctx.jobs.queues().find((candidate) => candidate.name === name);
    const jobs = (await queue?.getJobs()) ?? [];
    const attempts = new Set(jobs.map(({ data }) => `${data.id}.${data.epoch}`));
    t.ok(jobs.length > 0, `${name} keeps what it finished`);
    t.equal(attempts.size, jobs.length, `no job of ${name} is there twice`);
  }
}

/** As EVALSHA names the script. */
function digestOf(script: string): string {
  return createHash('sha1').update(script).digest('hex');
}

function queueScript(name: string): string {
  const script = QUEUE_SCRIPTS[name];
  if (!script) throw new Error(`BullMQ has no script ${name}`);
  return script.content;
}
