import { type RedisClient, redisReady } from '#libs/platform';
import type { Check, Finding } from './check.ts';

const WAIT_MS = 3_000;

export const redis: Check = {
  name: 'redis',
  needsDatabase: false,
  async run(ctx) {
    const client = ctx.redis();
    if (!(await redisReady(client, WAIT_MS))) {
      return [
        {
          check: 'redis',
          verdict: 'fail',
          result: `no answer within ${WAIT_MS / 1_000} s`,
          hint: 'Start it, or correct REDIS_URL. Messages are accepted meanwhile and sent later',
        },
      ];
    }
    return [await version(client), await eviction(client), await persistence(client)];
  },
};

async function version(client: RedisClient): Promise<Finding> {
  const info = String(await Promise.resolve(client.call('INFO', 'server')).catch(() => ''));
  const text = /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? 'of unknown version';
  const [major = 0, minor = 0] = text.split('.').map(Number);
  const old = major < 6 || (major === 6 && minor < 2);
  return old
    ? {
        check: 'redis',
        verdict: 'fail',
        result: `Redis ${text}`,
        hint: 'Version 6.2 or newer, or Valkey, is needed',
      }
    : { check: 'redis', verdict: 'ok', result: `answers, version ${text}` };
}

async function eviction(client: RedisClient): Promise<Finding> {
  const check = 'redis eviction';
  const policy = await setting(client, 'maxmemory-policy');
  if (policy === 'noeviction') return { check, verdict: 'ok', result: policy };
  if (policy === null)
    return {
      check,
      verdict: 'warn',
      result: 'cannot be read',
      hint: 'Make sure maxmemory-policy is noeviction',
    };
  return {
    check,
    verdict: 'fail',
    result: policy,
    hint: 'Set maxmemory-policy noeviction, or jobs may vanish',
  };
}

/** Losing Redis loses nothing, but work waits until the sweeps have found it again. */
async function persistence(client: RedisClient): Promise<Finding> {
  const check = 'redis persistence';
  const appendOnly = await setting(client, 'appendonly');
  if (appendOnly === 'yes') return { check, verdict: 'ok', result: 'append-only file' };
  const result = appendOnly === null ? 'cannot be read' : 'no append-only file';
  return { check, verdict: 'warn', result, hint: 'Set appendonly yes, so that a restart delays nothing' };
}

async function setting(client: RedisClient, name: string): Promise<string | null> {
  const answer = await Promise.resolve(client.call('CONFIG', 'GET', name)).catch(() => null);
  return Array.isArray(answer) && answer.length > 1 ? String(answer[1]) : null;
}
