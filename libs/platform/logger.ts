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
  standardOutput ??= togetherOut();
  return pino(settings, standardOutput);
}

/** Writes one line; `members` is the inside of a JSON object, without braces. */
export type LineWriter = (level: 'info' | 'warn', members: string) => void;

/**
 * For lines whose members are made where they are known to need no escaping and no redaction: the rest of such a line
 * costs a third of what the logger takes for it. Level, bindings and destination are the logger's.
 */
export function createLineWriter(log: Logger): LineWriter {
  const { stream, bindings } = insidesOf(log);
  const headOf = (level: 'info' | 'warn') =>
    log.isLevelEnabled(level) ? `{"level":${log.levels.values[level]},"time":"` : null;
  const heads = { info: headOf('info'), warn: headOf('warn') };
  const isoTime = createIsoClock();
  return (level, members) => {
    const head = heads[level];
    if (head !== null) stream.write(`${head}${isoTime()}"${bindings},${members}}\n`);
  };
}

/** pino keeps them under symbols, which it exports. */
function insidesOf(log: Logger): { stream: DestinationStream; bindings: string } {
  const inside = log as unknown as Record<symbol, unknown>;
  return {
    stream: inside[pino.symbols.streamSym] as DestinationStream,
    bindings: inside[pino.symbols.chindingsSym] as string,
  };
}

/** The time is written out once a millisecond, however many lines that has. */
function createIsoClock(): () => string {
  let at = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}

let standardOutput: DestinationStream | undefined;

/** A status poll with few connections costs the gateway 70 µs and not 78 with it; more saves nothing more. */
const TOGETHER_MS = 5;

/**
 * Lines of a few milliseconds leave in one write: a write costs more than making the line. What is left is written
 * before a fatal error or the end of the process; a killed one loses its last milliseconds at most.
 */
function togetherOut(): DestinationStream & { flushSync(): void } {
  const output = pino.destination({ fd: 1, sync: true });
  let lines = '';
  const flush = () => {
    const written = lines;
    lines = '';
    if (written !== '') output.write(written);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (lines === '') setTimeout(flush, TOGETHER_MS).unref();
      lines += line;
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
