import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** One JSON line per unit of work. What must never be in a log is removed here too, as a second line of defence. */
export function createLogger(options: { level: string; app: string }): Logger {
  return pino({
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
  });
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
