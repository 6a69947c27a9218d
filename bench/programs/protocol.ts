import { readFileSync } from 'node:fs';

/** What the harness and the programs it starts say to each other: a JSON specification on standard input, lines out. */

/** `{seq}` in path, headers or body becomes a number of twelve digits that no other request of the run has. */
export interface LoadRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface LoadSpec {
  port: number;
  connections: number;
  warmSeconds: number;
  seconds: number;
  /** Null: each connection sends as soon as its last answer came. */
  ratePerSecond: number | null;
  /** Where `{seq}` begins. */
  firstSequence: number;
  requests: LoadRequest[];
}

export interface CallerSpec {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
  concurrency: number;
  warmSeconds: number;
  seconds: number;
}

export interface MeterResult {
  requests: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  mostMs: number;
  /** How often each status was answered; 0 is a lost connection. */
  statuses: Record<string, number>;
}

/** `begin` and `end` mark the measured time, so that the harness can read the server's CPU time at both. */
export type MeterLine =
  | { event: 'begin' }
  | { event: 'end' }
  | { event: 'ready'; port: number }
  | { event: 'result'; result: MeterResult };

export function readSpec<Spec>(): Spec {
  return JSON.parse(readFileSync(0, 'utf8')) as Spec;
}

export function say(line: MeterLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
