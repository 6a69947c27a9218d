import { setTimeout as delay } from 'node:timers/promises';
import type { NumberProvider } from './port.ts';
import type { Priority, TakeToken } from './token-bucket.ts';

export interface BudgetOptions {
  /** The source of the budget; in-process (`createTokenBucket`) or shared. */
  take: TakeToken;
  /** Answers without information in a row after which polls slow down; default 10. */
  failuresUntilSlow?: number;
  /** Time between two polls while slowed down; default 3 000. */
  probeIntervalMs?: number;
  /** How long a purchase, command or read waits for a token; default 5 000. A poll never waits. */
  patienceMs?: number;
  now?: () => number;
}

/** The state of a wrapped provider, for metrics. */
export interface BudgetState {
  consecutiveFailures: number;
  /** Too many failures: polls are probes only. */
  slowed: boolean;
  /** Polls and reads rest until then (epoch milliseconds; 0 = they do not). */
  pausedUntilMs: number;
}

const LEAST_PAUSE_MS = 5_000;

type AnswerKind = { kind: string; throttled?: boolean; retryAfterMs?: number | null };

/**
 * Puts a request budget and a breaker before a provider:
 *
 * - every request takes a token; a request that gets none in time is not made and answered as throttled
 *   (`not_sent` or `no_information`, detail `budget`), which says nothing about upstream;
 * - after a throttled answer polls and reads rest for Retry-After, at least 5 s; purchases and commands rest only
 *   when the provider asked for longer than that;
 * - after `failuresUntilSlow` answers without information in a row only one poll per `probeIntervalMs` goes through.
 *   The breaker never stops a purchase or command: they are the partner's, and their own outcome tells.
 */
export function budgeted(
  provider: NumberProvider,
  options: BudgetOptions,
): NumberProvider & { budgetState(): BudgetState } {
  const gate = createGate(options);
  const notAsked = { kind: 'no_information', raw: 'budget', detail: 'budget', throttled: true } as const;
  async function asked<Answer extends AnswerKind>(
    priority: Priority,
    call: () => Promise<Answer>,
  ): Promise<Answer | (typeof notAsked & { retryAfterMs: number })> {
    const wait = await gate.admit(priority);
    if (wait > 0) return { ...notAsked, retryAfterMs: wait };
    return gate.observe(await call());
  }

  return {
    async buy(request) {
      const wait = await gate.admit('purchase');
      if (wait > 0) return { kind: 'not_sent', detail: 'budget', throttled: true, retryAfterMs: wait };
      return gate.observe(await provider.buy(request));
    },
    status: (ref) => asked('poll', () => provider.status(ref)),
    cancel: (ref) => asked('command', () => provider.cancel(ref)),
    requestAnotherCode: (ref) => asked('command', () => provider.requestAnotherCode(ref)),
    finish: (ref) => asked('command', () => provider.finish(ref)),
    balance: () => asked('read', () => provider.balance()),
    countries: () => asked('read', () => provider.countries()),
    services: () => asked('read', () => provider.services()),
    offers: (filter) => asked('read', () => provider.offers(filter)),
    close: () => provider.close(),
    budgetState: () => gate.state(),
  };
}

function createGate(options: BudgetOptions) {
  const {
    take,
    failuresUntilSlow = 10,
    probeIntervalMs = 3_000,
    patienceMs = 5_000,
    now = () => performance.now(),
  } = options;
  let failures = 0;
  let pausedUntilMs = 0;
  let allPausedUntilMs = 0;
  let probedAtMs = Number.NEGATIVE_INFINITY;
  const slowed = () => failures >= failuresUntilSlow;

  function blockedMs(priority: Priority): number {
    const urgent = priority === 'purchase' || priority === 'command';
    const pause = (urgent ? allPausedUntilMs : pausedUntilMs) - now();
    const probe = priority === 'poll' && slowed() ? probedAtMs + probeIntervalMs - now() : 0;
    return Math.max(0, pause, probe);
  }

  /** 0 once a token was taken, else milliseconds after which to try again. */
  async function takeWithin(priority: Priority, deadlineMs: number): Promise<number> {
    for (;;) {
      const wait = await take(priority);
      if (wait === true) return 0;
      if (now() + wait > deadlineMs) return Math.max(1, wait);
      await delay(wait);
    }
  }

  return {
    /** 0 when the request may go now, else milliseconds after which to try again. */
    async admit(priority: Priority): Promise<number> {
      const blocked = blockedMs(priority);
      if (blocked > 0) return blocked;
      if (priority !== 'poll') return takeWithin(priority, now() + patienceMs);
      const previousProbeMs = probedAtMs;
      probedAtMs = now();
      const wait = await takeWithin('poll', now());
      if (wait > 0) probedAtMs = previousProbeMs;
      return wait;
    },
    observe<Answer extends AnswerKind>(answer: Answer): Answer {
      if (answer.throttled) {
        pausedUntilMs = Math.max(pausedUntilMs, now() + Math.max(LEAST_PAUSE_MS, answer.retryAfterMs ?? 0));
        const asked = answer.retryAfterMs ?? 0;
        if (asked > LEAST_PAUSE_MS) allPausedUntilMs = Math.max(allPausedUntilMs, now() + asked);
      } else {
        failures = ['no_information', 'not_sent', 'unknown'].includes(answer.kind) ? failures + 1 : 0;
      }
      return answer;
    },
    state: (): BudgetState => ({
      consecutiveFailures: failures,
      slowed: slowed(),
      pausedUntilMs: pausedUntilMs > now() ? pausedUntilMs : 0,
    }),
  };
}
