import { userInfo } from 'node:os';
import { createKeys, createReplyReceiver } from '#libs/cache';
import {
  type AppContext,
  type Config,
  createAppContext,
  type Database,
  type Queryable,
  type RedisClient,
  redisReady,
  type Vault,
} from '#libs/platform';
import { createServiceContext, type WaitingContext } from '#libs/services';
import { writeAudit } from '#libs/store';

/** What commands are given. Redis is reached for only by those that ask. */
export interface CliContext {
  config: Config;
  db: Database;
  vault: Vault;
  /** Who is written into the audit log: `cli:<os user>`. */
  actor: string;
  audit(
    db: Queryable,
    action: string,
    subject: string | number,
    details?: Record<string, unknown>,
  ): Promise<void>;
  redis(): RedisClient;
  /** Services as the gateway has them, waiting for what workers and pollers announce. */
  waiting(): Promise<WaitingContext>;
  close(): Promise<void>;
}

const REDIS_WAIT_MS = 3_000;

export function createCliContext(config: Config): CliContext {
  // Standard output belongs to the result: nothing is logged, failures become the command's error.
  const app = createAppContext(
    'cli',
    { ...config, logLevel: 'silent' },
    { maxConnections: 3, statementTimeoutMs: 60_000 },
  );
  const actor = `cli:${osUser()}`;
  let redis: RedisClient | undefined;
  let services: WaitingContext | undefined;
  return {
    config,
    db: app.database,
    vault: app.vault,
    actor,
    audit: (db, action, subject, details = {}) =>
      writeAudit(db, { actor, action, subject: String(subject), details }),
    redis() {
      redis ??= app.openRedis('fail-fast');
      return redis;
    },
    async waiting() {
      services ??= createWaiting(app, this.redis());
      await redisReady(this.redis(), REDIS_WAIT_MS);
      return services;
    },
    close: () => app.close(),
  };
}

function createWaiting(app: AppContext, redis: RedisClient): WaitingContext {
  const ctx = createServiceContext({ ...app, redis });
  app.onClose('producer', () => ctx.jobs.close());
  const subscriber = app.openRedis('wait');
  const receiver = createReplyReceiver({ redis: subscriber, keys: createKeys() });
  app.onClose('receiver', () => {
    receiver.close();
    subscriber.disconnect();
  });
  return { ...ctx, receiver };
}

/** A container may run under a user id without a name. */
function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
