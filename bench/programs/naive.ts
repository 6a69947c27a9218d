// How it is usually built: Fastify, sequential Redis trips, one INSERT and one queue.add for each message.
import { createHash, randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { Redis } from 'ioredis';
import pg from 'pg';
import { readSpec, say } from './protocol.ts';

const spec = readSpec<{ databaseUrl: string; redisUrl: string; limitPerSecond: number }>();
const redis = new Redis(spec.redisUrl);
const database = new pg.Pool({ connectionString: spec.databaseUrl, max: 20 });
const queue = new Queue('naive', { connection: redis, prefix: '{naive}' });

// What the Redis store of the stock rate-limit plugin runs for each request.
redis.defineCommand('countRequest', {
  numberOfKeys: 1,
  lua: `local current = redis.call('INCR', KEYS[1])
        if current == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {current, redis.call('PTTL', KEYS[1])}`,
});
const scripts = redis as unknown as {
  countRequest(key: string, windowMs: number): Promise<[number, number]>;
};

const app = fastify({ logger: false });

app.get('/api/virtual-numbers.php', async (request, reply) => {
  const user = await requireUser(request, reply);
  const { id = '' } = request.query as { id?: string };
  const owner = await redis.get(`naive:owner:${id}`);
  if (owner !== user) return reply.code(404).send({ ok: false });
  const status = await redis.get(`naive:status:${id}`);
  return reply.header('content-type', 'application/json; charset=utf-8').send(status);
});

app.post(
  '/api/sms-send.php',
  {
    schema: {
      body: {
        type: 'object',
        required: ['to', 'message'],
        properties: { to: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  async (request) => {
    const { to, message } = request.body as { to: string; message: string };
    const id = randomUUID();
    await database.query('INSERT INTO naive_messages (id, to_number, body) VALUES ($1, $2, $3)', [
      id,
      to,
      message,
    ]);
    await queue.add('send', { id }, { jobId: `m.${id}`, attempts: 1, removeOnComplete: true });
    return { ok: true, id, status: 'queued', segments: 1, encoding: 'gsm7' };
  },
);

await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
say({ event: 'ready', port: typeof address === 'object' && address ? address.port : 0 });

async function requireUser(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
  const key = (request.headers.authorization ?? '').slice('Bearer '.length);
  const digest = createHash('sha256').update(key).digest('hex');
  const [count, leftMs] = await scripts.countRequest(`naive:rate:${digest}`, 1_000);
  reply.header('x-ratelimit-limit', spec.limitPerSecond);
  reply.header('x-ratelimit-remaining', Math.max(0, spec.limitPerSecond - count));
  reply.header('x-ratelimit-reset', Math.ceil(leftMs / 1_000));
  return (await redis.hgetall(`naive:key:${digest}`)).user;
}
