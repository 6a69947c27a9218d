/** Bounds the calls of this process that share a lane: the same endpoint, or the same partner. */
export interface CallLimiter {
  /** Takes a place in every lane, or none; then `seconds` tells when to come again. */
  enter(lanes: string[]): { kind: 'entered'; leave: () => void } | { kind: 'full'; seconds: number };
}

interface Lane {
  inFlight: number;
  turnedAway: number;
  /** A running mean of how long a call takes. */
  seconds: number;
}

const MOST_SECONDS = 60;

/** Callers who are turned away are spread over the time that those before them will need, at most a minute. */
export function createCallLimiter(mostInFlight: number): CallLimiter {
  const lanes = new Map<string, Lane>();
  const open = (name: string): Lane => {
    const lane = lanes.get(name) ?? { inFlight: 0, turnedAway: 0, seconds: 0 };
    lanes.set(name, lane);
    return lane;
  };
  const leave = (name: string, seconds: number) => {
    const lane = open(name);
    lane.inFlight -= 1;
    lane.turnedAway = Math.max(0, lane.turnedAway - 1);
    lane.seconds = 0.8 * lane.seconds + 0.2 * seconds;
    if (lane.inFlight === 0) lanes.delete(name);
  };
  return {
    enter(names) {
      const full = names.map((name) => lanes.get(name)).find((lane) => lane && lane.inFlight >= mostInFlight);
      if (full) {
        full.turnedAway += 1;
        return {
          kind: 'full',
          seconds: Math.min(MOST_SECONDS, 1 + (full.turnedAway / mostInFlight) * full.seconds),
        };
      }
      const started = performance.now();
      for (const name of names) open(name).inFlight += 1;
      return {
        kind: 'entered',
        leave: () => {
          for (const name of names) leave(name, (performance.now() - started) / 1_000);
        },
      };
    },
  };
}
