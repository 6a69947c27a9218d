/** Slows guessing down: failures are counted by address and by name, in this process. */
export interface SignInLimiter {
  /** Counts an attempt. False when there were too many. */
  take(address: string, name: string): boolean;
  /** A success forgives this address and name. */
  forgive(address: string, name: string): void;
}

const WINDOW_MS = 15 * 60_000;
const PER_ADDRESS = 10;
/** Higher, since anybody can make attempts under a name and so shut its owner out. */
const PER_NAME = 30;
const MOST_ENTRIES = 10_000;

export function createSignInLimiter(now: () => number = () => performance.now()): SignInLimiter {
  const attempts = new Map<string, { count: number; endsAt: number }>();

  const countOf = (key: string): number => {
    const known = attempts.get(key);
    if (known && known.endsAt > now()) {
      known.count += 1;
      return known.count;
    }
    if (attempts.size >= MOST_ENTRIES) forgetEnded();
    attempts.set(key, { count: 1, endsAt: now() + WINDOW_MS });
    return 1;
  };
  const forgetEnded = () => {
    for (const [key, { endsAt }] of attempts) if (endsAt <= now()) attempts.delete(key);
    if (attempts.size >= MOST_ENTRIES) attempts.clear();
  };

  return {
    take(address, name) {
      const byAddress = countOf(`a:${address}`);
      const byName = countOf(`n:${name.slice(0, 64)}`);
      return byAddress <= PER_ADDRESS && byName <= PER_NAME;
    },
    forgive(address, name) {
      attempts.delete(`a:${address}`);
      attempts.delete(`n:${name.slice(0, 64)}`);
    },
  };
}
