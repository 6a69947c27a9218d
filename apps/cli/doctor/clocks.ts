import { redisReady } from '#libs/platform';
import { readServerFacts } from '#libs/store';
import type { Check, Finding } from './check.ts';

const WARN_MS = 2_000;
const FAIL_MS = 30_000;

/** Validity, leases and signatures are judged by several clocks; they must agree. */
export const clocks: Check = {
  name: 'clocks',
  needsDatabase: true,
  async run(ctx) {
    const findings = [compare('PostgreSQL', await skewMs(async () => (await readServerFacts(ctx.db)).nowMs))];
    const client = ctx.redis();
    if (!(await redisReady(client, 1_000))) return findings;
    const redisTime = async () => {
      const [seconds, micros] = (await client.call('TIME')) as [string, string];
      return Number(seconds) * 1_000 + Number(micros) / 1_000;
    };
    return [...findings, compare('Redis', await skewMs(redisTime))];
  },
};

/** Its clock minus ours, as if it had answered halfway. The first call warms the connection. */
async function skewMs(readClock: () => Promise<number>): Promise<number> {
  await readClock();
  const before = Date.now();
  const theirs = await readClock();
  return theirs - (before + Date.now()) / 2;
}

function compare(name: string, ms: number): Finding {
  const check = `clock of ${name}`;
  const size = Math.abs(ms);
  if (size <= WARN_MS) return { check, verdict: 'ok', result: `within ${Math.ceil(size)} ms of this host` };
  return {
    check,
    verdict: size > FAIL_MS ? 'fail' : 'warn',
    result: `${(size / 1_000).toFixed(1)} s ${ms > 0 ? 'ahead of' : 'behind'} this host`,
    hint: 'Run a time service (NTP) on every host',
  };
}
