import { createKeys, type Keys } from '#libs/cache';
import { createAppContext, type RedisClient, readConfig } from '#libs/platform';
import { type Teardown, testRedisPrefix, testRedisUrl } from './services.ts';

type Script = (...all: unknown[]) => Promise<unknown>;

/** What is tested, on a real Redis and keys of its own; the calls of the script `name` are counted. */
export function withCountedScript<Subject>(
  t: Teardown,
  name: string,
  create: (parts: { redis: RedisClient; keys: Keys }) => Subject,
) {
  const config = readConfig({ DATABASE_URL: 'postgres://nowhere/none', REDIS_URL: testRedisUrl() });
  const context = createAppContext('gateway', config);
  t.teardown(() => context.close());
  const redis = context.openRedis('wait');
  const keys = createKeys(testRedisPrefix());
  const subject = create({ redis, keys });
  const scripts = redis as unknown as Record<string, Script | undefined>;
  const original = scripts[name]?.bind(redis);
  if (!original) throw new Error(`nothing defined the script ${name}`);
  let calls = 0;
  const working: Script = (...all) => {
    calls += 1;
    return original(...all);
  };
  const answerBy = (script: Script) => {
    scripts[name] = script;
  };
  answerBy(working);
  return { subject, redis, keys, calls: () => calls, working, answerBy };
}
