/** Reads single variables and gathers what is wrong with them, so that all mistakes are told at once. */
export class EnvironmentReader {
  readonly mistakes: string[] = [];
  readonly #env: Record<string, string | undefined>;

  constructor(env: Record<string, string | undefined>) {
    this.#env = env;
  }

  mistake(name: string, problem: string): void {
    this.mistakes.push(`${name} ${problem}`);
  }

  /** An empty variable counts as unset, as compose files and shells leave them. */
  optional(name: string): string | null {
    const value = this.#env[name]?.trim();
    return value ? value : null;
  }

  required(name: string, example: string): string {
    const value = this.optional(name);
    if (value === null) this.mistake(name, `is missing; ${example}`);
    return value ?? '';
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  list(name: string): string[] {
    return (this.optional(name) ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  oneOf(name: string, allowed: string[], fallback: string): string {
    const value = this.text(name, fallback);
    if (!allowed.includes(value)) this.mistake(name, `must be one of ${allowed.join(', ')}`);
    return value;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    return this.optionalInteger(name, least, most) ?? fallback;
  }

  optionalInteger(name: string, least: number, most: number): number | null {
    const value = this.optional(name);
    if (value === null) return null;
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.mistake(name, `must be a whole number from ${least} to ${most}`);
    return null;
  }
}
