import { Redis } from 'ioredis';
import { pino } from 'pino';
import t from 'tap';
import { createProducer, smsSendJob } from '#libs/jobs';
import { testRedisPrefix, testRedisUrl } from '../../helpers/services.ts';
import { until } from '../../helpers/until.ts';

t.test('the same nudge twice is one job, before and after it was carried out', async (t) => {
  const redis = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
  const producer = createProducer({ redis, prefix: testRedisPrefix(), log: pino({ level: 'silent' }) });
  t.teardown(async () => {
    await producer.close();
    redis.disconnect();
  });
  await until(async () => producer.queues().length > 0, { what: 'the queues' });
  const job = smsSendJob({ id: '00000000-0000-4000-8000-000000000001', epoch: 1 });
  t.equal(await producer.enqueue(job), true);
  t.equal(await producer.enqueue(job), true);
  t.equal(await producer.ensure([job]), 0, 'a waiting job is not missing');
  const queue = producer.queues().find(({ name }) => name === job.name);
  t.same(await queue?.getJobCounts('waiting'), { waiting: 1 });
  t.same(
    (await queue?.getWaiting())?.map(({ data }) => data),
    [job.payload],
    'ids only',
  );
});
