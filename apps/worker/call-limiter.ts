/** Bounds the calls of this process that share a lane: the same endpoint, or the same partner. */
export interface CallLimiter {
  /** Takes a place in every lane, or none; then `seconds` tells when to come again. */
  enter(
    lanes: readonly Lane[],
  ): { kind: 'entered'; leave: (answered: boolean) => void } | { kind: 'full'; seconds: number };
}

export interface Lane {
  name: string;
  mostInFlight: number;
  /** Once its last calls all went without an answer, until one has one: what is dead takes long to say so. */
  mostWhenDead: number;
}

interface Traffic {
  inFlight: number;
  turnedAway: number;
  /** A running mean of how long a call takes. */
  seconds: number;
  /** In a row, up to now. */
  unanswered: number;
}

const MOST_SECONDS = 60;
const DEAD_AFTER = 5;
/** Dead lanes are remembered while nobody is in them, and not without end. */
const MOST_REMEMBERED = 10_000;

/** Callers who are turned away are spread over the time that those before them will need, at most a minute. */
export function createCallLimiter(): CallLimiter {
  const lanes = new Map<string, Traffic>();
  const open = (name: string): Traffic => {
    const lane = lanes.get(name) ?? { inFlight: 0, turnedAway: 0, seconds: 0, unanswered: 0 };
    lanes.set(name, lane);
    return lane;
  };
  const leave = (name: string, seconds: number, answered: boolean) => {
    const lane = open(name);
    lane.inFlight -= 1;
    lane.turnedAway = Math.max(0, lane.turnedAway - 1);
    lane.seconds = 0.8 * lane.seconds + 0.2 * seconds;
    lane.unanswered = answered ? 0 : lane.unanswered + 1;
    if (lane.inFlight === 0 && (answered || lanes.size > MOST_REMEMBERED)) lanes.delete(name);
  };
  return {
    enter(wanted) {
      for (const { name, mostInFlight, mostWhenDead } of wanted) {
        const lane = lanes.get(name);
        const places = lane && lane.unanswered >= DEAD_AFTER ? mostWhenDead : mostInFlight;
        if (!lane || lane.inFlight < places) continue;
        lane.turnedAway += 1;
        return {
          kind: 'full',
          seconds: Math.min(MOST_SECONDS, 1 + (lane.turnedAway / places) * lane.seconds),
        };
      }
      const started = performance.now();
      for (const { name } of wanted) open(name).inFlight += 1;
      return {
        kind: 'entered',
        leave(answered) {
          for (const { name } of wanted) leave(name, (performance.now() - started) / 1_000, answered);
        },
      };
    },
  };
}
