import { PublicError } from '#libs/domain';
import { ConfigError, isDatabaseUnavailable, sqlState } from '#libs/platform';

/** Something a person has to change. `message` says what and why, `hint` what to do. */
export class CliError extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly details: Record<string, unknown>;
  readonly exitCode: number;

  constructor(
    code: string,
    message: string,
    options: { hint?: string; details?: Record<string, unknown>; exitCode?: number } = {},
  ) {
    super(message);
    this.name = 'CliError';
    this.code = code;
    this.hint = options.hint ?? null;
    this.details = options.details ?? {};
    this.exitCode = options.exitCode ?? 1;
  }
}

export const USAGE_EXIT_CODE = 2;

/** A value that cannot be what was meant; nothing was tried. */
export function usageError(code: string, message: string, hint?: string): CliError {
  return new CliError(code, message, { exitCode: USAGE_EXIT_CODE, ...(hint ? { hint } : {}) });
}

export function unknownUser(userId: number): CliError {
  return new CliError('unknown_user', `There is no user ${userId}.`, {
    hint: 'List the users: smsx user list. Create one: smsx user create --name "…"',
  });
}

/** Any failure as something that can be read; `database` is host and port, never with the password. */
export function asCliError(error: unknown, database: string | null): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ConfigError) {
    return new CliError('invalid_configuration', error.message, { details: { mistakes: error.mistakes } });
  }
  if (error instanceof PublicError)
    return new CliError(error.code, error.message, { details: error.details });
  return databaseError(error, database ?? 'the address in DATABASE_URL') ?? unexpected(error);
}

function databaseError(error: unknown, database: string): CliError | null {
  const state = sqlState(error);
  if (isDatabaseUnavailable(error) || state === 'ENETUNREACH' || state === 'EHOSTUNREACH') {
    return new CliError(
      'database_unreachable',
      `PostgreSQL at ${database} does not answer (${words(error)}).`,
      {
        hint: 'Start it, or correct DATABASE_URL.',
      },
    );
  }
  switch (state) {
    case '28P01':
    case '28000':
    case '3D000':
      return new CliError('database_refused', `PostgreSQL at ${database} refuses: ${words(error)}.`, {
        hint: 'Correct user, password or database name in DATABASE_URL.',
      });
    case '42P01':
    case '42703':
      return new CliError('not_migrated', `The database lacks tables of this version: ${words(error)}.`, {
        hint: 'Run: smsx migrate',
      });
    case '42501':
      return new CliError('database_forbids', `The database user may not do this: ${words(error)}.`, {
        hint: 'Use the role that ran smsx migrate.',
      });
    default:
      return null;
  }
}

function unexpected(error: unknown): CliError {
  return new CliError('internal_error', `Unexpected: ${words(error)}.`, {
    hint: 'This is a fault of the program. Run smsx doctor to see whether something else is wrong.',
  });
}

/** A refused connection to several addresses has no message of its own, only a code. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.message || sqlState(error) || error.name).replace(/\.$/, '');
}
