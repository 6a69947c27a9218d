import type { Benchmark } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { flatness, told } from './harness/flatness.ts';
import { install } from './harness/installation.ts';
import { measureLoad, type Sample } from './harness/measure.ts';
import { insertMessages, pauseSending, resumeSending } from './harness/messages.ts';
import { redisBytes } from './harness/redis-memory.ts';
import { sendRequests } from './harness/requests.ts';
import { spreadOf } from './harness/statistics.ts';

const WAITING = 1_000_000;
/** Sends at a rate far below the peak: what is measured is how long one takes. */
const SENDS_PER_SECOND = 100;

export const scaleQueue: Benchmark = {
  name: 'scale-queue',
  ours: 'sends while 1 000 000 messages wait and a worker drains them',
  limit: 'sends while the queue is empty and the worker idle',
  async run(run) {
    const count = Math.round(WAITING * run.size);
    const installation = await install(run);
    const gateway = await installation.start('gateway');
    await installation.start('worker', { cores: placementOf().rest, aside: true });
    const target = { port: gateway.port, pids: [gateway.pid] };
    const options = {
      connections: 16,
      requests: sendRequests(installation),
      ratePerSecond: SENDS_PER_SECOND,
    };
    const measure = async (what: string) => {
      const samples: Sample[] = [];
      for (let round = 1; round <= run.rounds; round += 1) {
        run.progress(`round ${round} of ${run.rounds}, ${what}`);
        samples.push(await measureLoad(run, target, options));
      }
      return samples;
    };
    const empty = await measure('queue empty');
    await pauseSending(installation);
    const before = await redisBytes(installation.redisUrl);
    await insertMessages(installation, count, (done) => {
      if (done % 10_000 === 0) run.progress(`${done} of ${count} messages queued`);
    });
    const bytesEach = ((await redisBytes(installation.redisUrl)) - before) / count;
    await resumeSending(installation);
    const draining = await measure('queue draining');
    const [left] = await installation.sql<{ left: string }>(
      `SELECT count(*) AS left FROM messages WHERE state = 'ready'`,
    );
    const median = (samples: Sample[]) => spreadOf(samples.map((sample) => sample.p50Ms)).median;
    return {
      figures: [
        flatness('p50 of a send, draining over empty', [median(draining) / median(empty)]),
        told('bytes in Redis for each waiting job', 'B', [bytesEach]),
      ],
      sides: [
        { name: 'queue empty', isLimit: false, counted: 'message', samples: empty },
        { name: 'queue draining', isLimit: false, counted: 'message', samples: draining },
      ],
      notes: [
        `${count} messages waiting at first, ${left?.left} at the end; ${SENDS_PER_SECOND} sends per second`,
      ],
    };
  },
};
