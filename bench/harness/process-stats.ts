import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of a process and its threads so far, in seconds; null where /proc is not. */
export function cpuSeconds(pid: number): number | null {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name in parentheses may hold anything, so fields are counted from its last closing one.
  const fields = text.replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in bytes; null where /proc is not. */
export function residentBytes(pid: number): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
}

/** CPU time of several processes together; null when one cannot be read. */
export function cpuSecondsOf(pids: number[]): number | null {
  const each = pids.map(cpuSeconds);
  return each.includes(null) ? null : each.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
