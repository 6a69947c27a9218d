import { setTimeout as delay } from 'node:timers/promises';

/** Bounds the calls of this process that share a lane: the same endpoint, or the same partner. */
export interface CallLimiter {
  /**
   * Takes a place in every lane, or none. Waits for it, at most a second, where it is likely to be free in half of one;
   * else `seconds` tells when to come again.
   */
  enter(lanes: readonly Lane[]): Promise<Place | { kind: 'full'; seconds: number }>;
}

export interface Lane {
  name: string;
  mostInFlight: number;
  /** Once its last calls all went without an answer: one at a time and a pause after each, until one has an answer. */
  restsWhenDead: boolean;
  mostWaiting: number;
}

interface Place {
  kind: 'entered';
  leave(answered: boolean): void;
}

interface Traffic {
  inFlight: number;
  /** Those who wait enter by this if they can. */
  waiting: Set<() => void>;
  turnedAway: number;
  /** A running mean of how long a call takes. */
  seconds: number;
  /** In a row, up to now. */
  unanswered: number;
  lastEndedMs: number;
}

const WORTH_WAITING_SECONDS = 0.5;
const MOST_WAITING_MS = 1_000;
const MOST_SECONDS = 60;
const DEAD_AFTER = 5;
const DEAD_RESTS_SECONDS = 1;
/** Dead lanes are remembered while nobody is in them, and not without end. */
const MOST_REMEMBERED = 10_000;

/** Callers who are turned away are spread over the time that those before them will need, at most a minute. */
export function createCallLimiter(): CallLimiter {
  const lanes = new Map<string, Traffic>();
  const look = (name: string): Traffic => lanes.get(name) ?? noTraffic();
  const open = (name: string): Traffic => {
    const lane = look(name);
    lanes.set(name, lane);
    return lane;
  };
  const takePlaces = (wanted: readonly Lane[]): Place => {
    const started = performance.now();
    for (const { name } of wanted) open(name).inFlight += 1;
    return {
      kind: 'entered',
      leave(answered) {
        const call = { seconds: (performance.now() - started) / 1_000, answered };
        for (const { name } of wanted) note(open(name), call);
        for (const { name } of wanted) admit(open(name));
        forget(lanes, wanted);
      },
    };
  };
  /** Resolves with the places, or with null when they did not become free in time. */
  const waitForPlaces = async (wanted: readonly Lane[]): Promise<Place | null> => {
    const inTime = new AbortController();
    let place: Place | null = null;
    const enterIfFree = () => {
      if (wanted.some((lane) => isFull(lane, look(lane.name)))) return;
      place = takePlaces(wanted);
      stopWaiting();
      inTime.abort();
    };
    const stopWaiting = () => {
      for (const { name } of wanted) open(name).waiting.delete(enterIfFree);
    };
    for (const { name } of wanted) open(name).waiting.add(enterIfFree);
    await delay(MOST_WAITING_MS, undefined, { signal: inTime.signal }).catch(() => undefined);
    stopWaiting();
    forget(lanes, wanted);
    return place;
  };
  return {
    async enter(wanted) {
      const full = wanted.find((lane) => isFull(lane, look(lane.name)));
      if (!full) return takePlaces(wanted);
      const worthWaiting = wanted.every((lane) => isWorthWaiting(lane, look(lane.name)));
      const place = worthWaiting ? await waitForPlaces(wanted) : null;
      return place ?? { kind: 'full', seconds: turnAway(full, open(full.name)) };
    },
  };
}

function noTraffic(): Traffic {
  return { inFlight: 0, waiting: new Set(), turnedAway: 0, seconds: 0, unanswered: 0, lastEndedMs: 0 };
}

function isDead({ restsWhenDead }: Lane, { unanswered }: Traffic): boolean {
  return restsWhenDead && unanswered >= DEAD_AFTER;
}

function isFull(lane: Lane, traffic: Traffic): boolean {
  if (!isDead(lane, traffic)) return traffic.inFlight >= lane.mostInFlight;
  return traffic.inFlight > 0 || performance.now() - traffic.lastEndedMs < DEAD_RESTS_SECONDS * 1_000;
}

/** What is not known yet is taken for quick. */
function isWorthWaiting(lane: Lane, traffic: Traffic): boolean {
  if (traffic.waiting.size >= lane.mostWaiting || isDead(lane, traffic)) return false;
  return ((traffic.waiting.size + 1) / lane.mostInFlight) * traffic.seconds <= WORTH_WAITING_SECONDS;
}

function turnAway(lane: Lane, traffic: Traffic): number {
  traffic.turnedAway += 1;
  const secondsEach = isDead(lane, traffic)
    ? traffic.seconds + DEAD_RESTS_SECONDS
    : traffic.seconds / lane.mostInFlight;
  return Math.min(MOST_SECONDS, 1 + traffic.turnedAway * secondsEach);
}

function note(lane: Traffic, { seconds, answered }: { seconds: number; answered: boolean }): void {
  lane.inFlight -= 1;
  lane.turnedAway = Math.max(0, lane.turnedAway - 1);
  lane.seconds = 0.8 * lane.seconds + 0.2 * seconds;
  lane.unanswered = answered ? 0 : lane.unanswered + 1;
  lane.lastEndedMs = performance.now();
}

function forget(lanes: Map<string, Traffic>, left: readonly Lane[]): void {
  for (const { name } of left) {
    const { inFlight = 0, waiting, unanswered = 0 } = lanes.get(name) ?? {};
    if (inFlight > 0 || waiting?.size) continue;
    if (unanswered === 0 || lanes.size > MOST_REMEMBERED) lanes.delete(name);
  }
}

/** In the order of their coming; those who find no place yet go on waiting. */
function admit({ waiting }: Traffic): void {
  for (const enterIfFree of waiting) enterIfFree();
}
