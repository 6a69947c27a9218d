import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

/**
 * Places where a process may die or freeze in a fault test, told by CRASH_AT as `<point>` (SIGKILL) or
 * `<point>:stop` (SIGSTOP). Beside these, `request.written/<part of the path>` is the moment a provider request has
 * left. Without CRASH_AT a point is one comparison; production refuses the variable.
 */
export const CRASH_POINTS = [
  'accept.inserting',
  'accept.committed',
  'rent.committing',
  'rent.committed',
  'sms-send.claimed',
  'sms-send.answered',
  'sms-send.settled',
  'rent-number.claimed',
  'rent-number.answered',
  'rent-number.settled',
  'command.claimed',
  'command.answered',
  'command.settled',
  'poll.answered',
  'poll.recorded',
  'webhook.claimed',
  'webhook.answered',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

const WRITTEN = 'request.written/';

/** Null when `spec` names a place; else what is wrong with it. */
export function crashPointProblem(spec: string): string | null {
  const [point = ''] = spec.split(':');
  const known = point.startsWith(WRITTEN) || CRASH_POINTS.some((name) => name === point);
  return known && /^[^:]+(:stop)?$/.test(spec)
    ? null
    : `must be one of ${CRASH_POINTS.join(', ')} or ${WRITTEN}<part of the path>, with or without :stop`;
}

/** The function that code calls at its points. `spec` null: it does nothing. */
export function createCrashPoint(spec: string | null): (point: CrashPoint) => void {
  if (spec === null) return () => undefined;
  const [place = '', kind] = spec.split(':');
  const die = () => endHere(kind === 'stop' ? 'SIGSTOP' : 'SIGKILL');
  if (place.startsWith(WRITTEN)) watchRequests(place.slice(WRITTEN.length), die);
  return (point) => {
    if (point === place) die();
  };
}

/** The bytes are handed to the kernel at the end of the turn in which undici says so. */
function watchRequests(part: string, die: () => void): void {
  subscribe('undici:request:bodySent', (message) => {
    if (pathOf(message).includes(part)) setImmediate(die);
  });
}

function pathOf(message: unknown): string {
  const request =
    typeof message === 'object' && message !== null && 'request' in message ? message.request : null;
  const path = typeof request === 'object' && request !== null && 'path' in request ? request.path : null;
  return typeof path === 'string' ? path : '';
}

/** Says so first. A signal to oneself may take a moment to be delivered; nothing runs on in the meantime. */
function endHere(signal: 'SIGKILL' | 'SIGSTOP'): void {
  writeSync(2, `CRASH_AT: ${signal}\n`);
  process.kill(process.pid, signal);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
}
