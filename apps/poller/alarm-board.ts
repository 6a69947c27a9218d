import type { Logger, Metrics } from '#libs/platform';
import { type Alarm, type AlarmName, BACKLOG_ALARMS, BOOK_ALARMS } from '#libs/services';

export interface AlarmBoard {
  /** What is raised now among `names`; the others of them are not. Logs every change, once. */
  show(names: readonly AlarmName[], raised: Alarm[]): void;
}

const boards = new WeakMap<Metrics, AlarmBoard>();

/** One board per process: several loops write on it, each its own names. */
export function alarmBoard(metrics: Metrics, log: Logger): AlarmBoard {
  const known = boards.get(metrics);
  if (known) return known;
  const board = createBoard(metrics, log);
  boards.set(metrics, board);
  return board;
}

function createBoard(metrics: Metrics, log: Logger): AlarmBoard {
  const gauge = metrics.gauge('alarm', 'Whether an alarm is raised', ['alarm']);
  for (const alarm of [...BACKLOG_ALARMS, ...BOOK_ALARMS]) gauge.set({ alarm }, 0);
  const shown = new Set<AlarmName>();
  const change = (alarm: AlarmName, seen: string[]) => {
    const isRaised = seen.length > 0;
    gauge.set({ alarm }, isRaised ? 1 : 0);
    if (isRaised === shown.has(alarm)) return;
    if (isRaised) {
      shown.add(alarm);
      log.error({ event: 'alarm.raised', alarm, seen });
    } else {
      shown.delete(alarm);
      log.info({ event: 'alarm.cleared', alarm });
    }
  };
  return {
    show(names, raised) {
      for (const alarm of names)
        change(
          alarm,
          raised.filter(({ name }) => name === alarm).map(({ what }) => what),
        );
    },
  };
}
