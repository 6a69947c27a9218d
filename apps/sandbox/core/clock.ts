/** Time as the sandbox sees it: real time plus what the control API added, and tasks that follow it. */
export interface Clock {
  nowMs(): number;
  /** Runs once at that moment, at once when it has passed. Returns how to call it off. */
  at(momentMs: number, run: () => void): () => void;
  /** Moves time forward; tasks that fall due run now, earliest first. */
  advance(milliseconds: number): void;
  /** Resolves after real time, or at once when the sandbox closes. */
  pause(milliseconds: number): Promise<void>;
  /** Calls everything off, for good. */
  stop(): void;
}

interface Task {
  atMs: number;
  run: () => void;
  timer: NodeJS.Timeout | null;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export function createClock(): Clock {
  const tasks = new Set<Task>();
  const pauses = new Set<() => void>();
  let offsetMs = 0;
  let stopped = false;
  const nowMs = (): number => Date.now() + offsetMs;
  const fire = (task: Task): void => {
    if (task.timer) clearTimeout(task.timer);
    if (tasks.delete(task)) task.run();
  };
  const arm = (task: Task): void => {
    if (task.timer) clearTimeout(task.timer);
    const waitMs = task.atMs - nowMs();
    task.timer = setTimeout(() => (task.atMs <= nowMs() ? fire(task) : arm(task)), clampTimeout(waitMs));
    task.timer.unref();
  };
  return {
    nowMs,
    at(momentMs, run) {
      const task: Task = { atMs: momentMs, run, timer: null };
      if (stopped) return () => {};
      tasks.add(task);
      arm(task);
      return () => {
        if (task.timer) clearTimeout(task.timer);
        tasks.delete(task);
      };
    },
    advance(milliseconds) {
      offsetMs += milliseconds;
      const due = [...tasks].filter((task) => task.atMs <= nowMs()).sort((a, b) => a.atMs - b.atMs);
      for (const task of due) fire(task);
      for (const task of tasks) arm(task);
    },
    pause: (milliseconds) =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          pauses.delete(done);
          resolve();
        };
        const timer = setTimeout(done, clampTimeout(milliseconds));
        pauses.add(done);
      }),
    stop() {
      stopped = true;
      for (const task of tasks) if (task.timer) clearTimeout(task.timer);
      tasks.clear();
      for (const done of [...pauses]) done();
    },
  };
}

function clampTimeout(milliseconds: number): number {
  return Math.min(LONGEST_TIMEOUT_MS, Math.max(0, milliseconds));
}
