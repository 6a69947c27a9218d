import { createHistogram } from './histogram.ts';
import { type MeterResult, say } from './protocol.ts';

/** Counts answers during the measured time only. */
export interface Meter {
  running(): boolean;
  answered(status: number, ms: number): void;
  /** Warms up, measures, tells the result, and ends the process. */
  start(times: { warmSeconds: number; seconds: number }): void;
}

export function createMeter(): Meter {
  const histogram = createHistogram();
  let statuses: Record<string, number> = {};
  let running = true;
  let startedAt = 0;

  function begin(): void {
    histogram.clear();
    statuses = {};
    startedAt = performance.now();
    say({ event: 'begin' });
  }

  function end(): void {
    running = false;
    const seconds = (performance.now() - startedAt) / 1_000;
    say({ event: 'end' });
    const result: MeterResult = {
      requests: histogram.count(),
      seconds,
      p50Ms: histogram.percentile(0.5),
      p99Ms: histogram.percentile(0.99),
      mostMs: histogram.mostMs(),
      statuses,
    };
    // After the answers to what is still under way, so that a server does not log connections that break.
    setTimeout(() => {
      say({ event: 'result', result });
      process.exit(0);
    }, 150);
  }

  return {
    running: () => running,
    answered(status, ms) {
      if (!running) return;
      histogram.add(ms);
      statuses[status] = (statuses[status] ?? 0) + 1;
    },
    start({ warmSeconds, seconds }) {
      setTimeout(() => {
        begin();
        setTimeout(end, seconds * 1_000);
      }, warmSeconds * 1_000);
    },
  };
}
