import {
  createKeys,
  createPollIndex,
  createReplySender,
  createRequestBudget,
  createStatusCache,
  type PollIndex,
  type ReplyReceiver,
  type ReplySender,
  type RequestBudget,
  type StatusCache,
} from '#libs/cache';
import { createProducer, type Producer } from '#libs/jobs';
import type { Config, CrashPoint, Database, Logger, RedisClient, Vault } from '#libs/platform';
import { createDispatch, type Dispatch } from './dispatch.ts';
import { createIntake, type Intake } from './intake.ts';
import { createPurchases, type Purchases } from './purchases.ts';
import { createRentIntake, type RentIntake } from './rent-intake.ts';

/** What every verb is given beside its input. */
export interface ServiceContext {
  db: Database;
  vault: Vault;
  log: Logger;
  config: Config;
  crashPoint(point: CrashPoint): void;
  cache: StatusCache;
  pollIndex: PollIndex;
  budget: RequestBudget;
  replies: ReplySender;
  jobs: Producer;
  intake: Intake;
  rentIntake: RentIntake;
  dispatch: Dispatch;
  purchases: Purchases;
}

/** A process that lets callers wait for the outcome of what they asked. */
export interface WaitingContext extends ServiceContext {
  receiver: ReplyReceiver;
}

export interface ContextParts {
  database: Database;
  vault: Vault;
  log: Logger;
  config: Config;
  crashPoint(point: CrashPoint): void;
  /** A `fail-fast` connection of this process's own. */
  redis: RedisClient;
  redisPrefix?: string;
}

export function createServiceContext({
  database,
  vault,
  log,
  config,
  crashPoint,
  redis,
  redisPrefix,
}: ContextParts): ServiceContext {
  const keys = createKeys(redisPrefix);
  const jobs = createProducer({ redis, prefix: keys.prefix, log });
  const replies = createReplySender({ redis, keys });
  return {
    db: database,
    vault,
    log,
    config,
    crashPoint,
    cache: createStatusCache({ redis, keys, vault }),
    pollIndex: createPollIndex({ redis, keys }),
    budget: createRequestBudget({ redis, keys }),
    replies,
    jobs,
    intake: createIntake({ db: database, jobs }),
    rentIntake: createRentIntake(database),
    dispatch: createDispatch({ db: database, log, replies }),
    purchases: createPurchases({ db: database, config }),
  };
}
