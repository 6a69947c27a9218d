import ipaddr from 'ipaddr.js';

/**
 * Keys that turned out wrong in this process, by the address they came from and altogether. A key has far too many bits
 * to be guessed; what is limited is the noise, and the look-ups it costs. In memory alone: guessing must not cost trips.
 */
export interface FailedSignIns {
  /** What an address has used up; null while its next key is looked at. */
  refusal(address: string): { limit: number; resetSeconds: number } | null;
  note(address: string): void;
}

const WINDOW_MS = 60_000;
const PER_ADDRESS = 600;
/** Bounds the memory too: after that nobody is looked at, and so nobody is noted. */
const OF_ALL = 6_000;

/** One window for everybody, so that all of it is forgotten at once. */
export function createFailedSignIns(now: () => number = () => performance.now()): FailedSignIns {
  const failures = new Map<string, number>();
  let all = 0;
  let endsAt = 0;
  const startAnew = () => {
    failures.clear();
    all = 0;
    endsAt = now() + WINDOW_MS;
  };
  return {
    refusal(address) {
      const leftMs = endsAt - now();
      if (all === 0 || leftMs <= 0) return null;
      const usedUp = all >= OF_ALL ? OF_ALL : PER_ADDRESS;
      if (all < OF_ALL && (failures.get(originOf(address)) ?? 0) < PER_ADDRESS) return null;
      return { limit: usedUp, resetSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) };
    },
    note(address) {
      if (endsAt <= now()) startAnew();
      const origin = originOf(address);
      all += 1;
      failures.set(origin, (failures.get(origin) ?? 0) + 1);
    },
  };
}

/** Whoever has one IPv6 address has the 2⁶⁴ beside it. */
function originOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? `${parsed.parts.slice(0, 4).join(':')}::/64` : parsed.toString();
}
