import type { Logger } from '#libs/platform';
import type { Loop, PollerDeps } from './deps.ts';

export interface RunningLoop {
  /** No new run starts; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Runs a loop until stopped. A run that throws is logged, and the next one comes at its time. */
export function runLoop(loop: Loop, deps: PollerDeps, log: Logger): RunningLoop {
  const seconds = deps.metrics.histogram(
    `loop_${loop.name.replaceAll('-', '_')}_seconds`,
    `Duration of loop ${loop.name}`,
  );
  const run = loop.start(deps);
  const stopping = new AbortController();

  const work = async () => {
    while (!stopping.signal.aborted) {
      const started = performance.now();
      const again = await run().catch((err) => {
        log.error({ event: 'loop.failed', loop: loop.name, err });
        return false;
      });
      seconds.observe((performance.now() - started) / 1_000);
      if (again === true) continue;
      const pauseMs = typeof again === 'number' ? again : loop.intervalMs * (1 + 0.1 * Math.random());
      await pause(pauseMs, stopping.signal);
    }
  };
  const ended = work();
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
