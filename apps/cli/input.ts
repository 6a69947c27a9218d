import ipaddr from 'ipaddr.js';
import { formatMicros, type Micros, parseMicros } from '#libs/domain';
import { usageError } from './cli-error.ts';

const MOST_MICROS = 1_000_000_000_000_000n;
const MOST_ID = 2 ** 31 - 1;
const SECONDS_OF_UNIT: Record<string, number> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** The options of one call, read by name and kind; a value that does not fit is a usage error. */
export class Input {
  readonly #options: Record<string, unknown>;
  readonly #argument: string | undefined;

  constructor(options: Record<string, unknown>, argument: string | undefined) {
    this.#options = options;
    this.#argument = argument;
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  optional(name: string): string | null {
    const value = this.#options[name];
    return typeof value === 'string' ? value : null;
  }

  /** A text of 1 to 200 characters. */
  text(name: string): string {
    const value = this.optional(name)?.trim() ?? '';
    if (value !== '' && value.length <= 200) return value;
    throw usageError(`invalid_${name}`, `--${name} must be a text of 1 to 200 characters.`);
  }

  optionalText(name: string): string | null {
    return this.optional(name) === null ? null : this.text(name);
  }

  integer(name: string, least: number, most: number): number {
    const value = this.optional(name) ?? '';
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw usageError(
      `invalid_${name}`,
      `--${flag} "${value}" is not a whole number from ${least} to ${most}.`,
    );
  }

  optionalInteger(name: string, least: number, most: number): number | null {
    return this.optional(name) === null ? null : this.integer(name, least, most);
  }

  /** A row's number. */
  id(name: string): number {
    return this.integer(name, 1, MOST_ID);
  }

  optionalId(name: string): number | null {
    return this.optional(name) === null ? null : this.id(name);
  }

  /** What the command is about: its argument, or `--id`. */
  subject(): string {
    const value = this.#argument ?? this.optional('id') ?? '';
    if (value !== '') return value;
    throw usageError('missing_id', 'Which one? Give its id as the last word.');
  }

  subjectNumber(): number {
    return new Input({ id: this.subject() }, undefined).id('id');
  }

  /** Dollars, above zero. */
  amount(name: string): Micros {
    const value = this.optional(name) ?? '';
    const micros = parseMicros(value);
    if (micros !== null && micros > 0n && micros <= MOST_MICROS) return micros;
    throw usageError(
      'invalid_amount',
      `--${name} "${value}" is not an amount of dollars that can be moved.`,
      `Write it as 12.50: above zero, at most ${formatMicros(MOST_MICROS)}, a dot and up to six decimals.`,
    );
  }

  /** A list given by commas or by repeating the option. */
  list(name: string): string[] {
    const value = this.#options[name];
    const parts = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
    return parts
      .flatMap((part: string) => part.split(','))
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  cidrs(name: string): string[] {
    const ranges = this.list(name);
    const wrong = ranges.find((range) => !ipaddr.isValid(range) && !ipaddr.isValidCIDR(range));
    if (wrong === undefined) return ranges;
    throw usageError(
      'invalid_cidr',
      `--${name} "${wrong}" is not an address or range such as 203.0.113.0/24.`,
    );
  }

  /** Seconds of `30d`, `12h`, `90m` or `2w`. */
  duration(name: string, fallback: string): number {
    const value = this.optional(name) ?? fallback;
    const seconds = durationSeconds(value);
    if (seconds !== null) return seconds;
    throw usageError(`invalid_${name}`, `--${name} "${value}" is not a duration such as 24h, 90m or 30d.`);
  }

  /** A moment to come, given as a time or as a duration from now. */
  futureTime(name: string): Date | null {
    const value = this.optional(name);
    if (value === null) return null;
    const seconds = durationSeconds(value);
    const time = seconds === null ? parseTime(value) : Date.now() + seconds * 1_000;
    if (time === null || !Number.isFinite(time)) {
      throw usageError(
        `invalid_${name}`,
        `--${name} "${value}" is not a time.`,
        'Write 30d, 12h, or a time with zone: 2030-01-31T09:00:00Z',
      );
    }
    if (time > Date.now()) return new Date(time);
    throw usageError(`invalid_${name}`, `--${name} "${value}" lies in the past.`);
  }
}

function durationSeconds(value: string): number | null {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(value) ?? [];
  return count && unit ? Number(count) * (SECONDS_OF_UNIT[unit] ?? 0) : null;
}

function parseTime(value: string): number | null {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value)
    ? Date.parse(value)
    : null;
}
