import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** One JSON line per unit of work. What must never be in a log is removed here too, as a second line of defence. */
export function createLogger(options: { level: string; app: string }): Logger {
  const settings = {
    level: options.level,
    base: { app: options.app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'authorization',
        'api_key',
        'apiKey',
        'body',
        'message',
        'otp',
        'code_text',
        'password',
        '*.authorization',
      ],
      censor: '[removed]',
    },
    serializers: { err: serializeError },
  };
  standardOutput ??= turnByTurn();
  return pino(settings, standardOutput);
}

let standardOutput: DestinationStream | undefined;

/**
 * Lines of one turn of the event loop leave in one write: a write costs more than making the line. What is left is
 * written before a fatal error or the end of the process; a killed one loses its last turn at most.
 */
function turnByTurn(): DestinationStream & { flushSync(): void } {
  const output = pino.destination({ fd: 1, sync: true });
  let lines = '';
  let planned = false;
  const flush = () => {
    const written = lines;
    lines = '';
    if (written !== '') output.write(written);
  };
  const flushTurn = () => {
    planned = false;
    flush();
  };
  process.on('exit', flush);
  return {
    write(line) {
      lines += line;
      if (planned) return;
      planned = true;
      setImmediate(flushTurn);
    },
    flushSync: flush,
  };
}

/** Name, code, message and stack only: errors of drivers and HTTP clients carry parameters and headers. */
function serializeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    code,
    message: error.message.slice(0, 500),
    stack: error.stack?.split('\n').slice(0, 12).join('\n'),
  };
}
