import type { RedisClient } from '#libs/platform';
import type { Keys } from './keys.ts';

/** Tells waiting gateways that a row has changed. Only a nudge: whoever hears it reads the row. */
export interface ReplySender {
  announce(...subjects: string[]): Promise<void>;
}

export interface ReplyReceiver {
  /** Resolves at the next announcement of `subject`, or of any for ANYTHING, or after `timeoutMs`; never rejects. */
  wait(subject: string, timeoutMs: number): Promise<void>;
  /** How many wait at this moment. */
  waiting(): number;
  close(): void;
}

/** For `wait`: whatever is announced. */
export const ANYTHING = '*';

export const messageSubject = (id: string): string => `m:${id}`;
export const activationSubject = (id: number): string => `a:${id}`;
export const mirrorSubject = (key: { providerId: number; kind: string; scope: string }): string =>
  `p:${key.providerId}:${key.kind}:${key.scope}`;

export function createReplySender({ redis, keys }: { redis: RedisClient; keys: Keys }): ReplySender {
  return {
    async announce(...subjects) {
      if (subjects.length > 0) await redis.publish(keys.changes, subjects.join('\n'));
    },
  };
}

/** `redis` must be a connection of its own, since a subscriber can do nothing else. */
export function createReplyReceiver({ redis, keys }: { redis: RedisClient; keys: Keys }): ReplyReceiver {
  const waiters = new Map<string, Set<() => void>>();
  let count = 0;
  const subscribe = () => void redis.subscribe(keys.changes).catch(() => undefined);
  redis.on('ready', subscribe);
  if (redis.status === 'ready') subscribe();
  redis.on('message', (_channel: string, subjects: string) => {
    for (const subject of [...subjects.split('\n'), ANYTHING]) {
      for (const wake of [...(waiters.get(subject) ?? [])]) wake();
    }
  });
  return {
    wait(subject, timeoutMs) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          const waiting = waiters.get(subject);
          if (waiting?.delete(wake)) count -= 1;
          if (waiting?.size === 0) waiters.delete(subject);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        waiters.set(subject, (waiters.get(subject) ?? new Set()).add(wake));
        count += 1;
      });
    },
    waiting: () => count,
    close() {
      for (const waiting of waiters.values()) for (const wake of [...waiting]) wake();
    },
  };
}
