import { asCliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import type { CliContext } from '../context.ts';
import { backlog } from '../doctor/backlog.ts';
import type { Check, Finding, Verdict } from '../doctor/check.ts';
import { clocks } from '../doctor/clocks.ts';
import { configuration } from '../doctor/configuration.ts';
import { database } from '../doctor/database.ts';
import { invariants } from '../doctor/invariants.ts';
import { numberProviders } from '../doctor/number-providers.ts';
import { providerBooks } from '../doctor/provider-books.ts';
import { redis } from '../doctor/redis.ts';
import { twilio } from '../doctor/twilio.ts';
import { type Style, table } from '../style.ts';

const CHECKS: Check[] = [
  redis,
  twilio,
  configuration,
  clocks,
  invariants,
  backlog,
  providerBooks,
  numberProviders,
];

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check everything an installation needs, and its books',
  details:
    'Looks at the database and its migrations, Redis and its eviction policy, Twilio’s credentials, every provider row, the clocks, the money invariants, the providers’ balances and what waits too long. It repairs nothing and sends nothing. Exit code 1 when a check fails; warnings do not count.',
  examples: ['doctor', 'doctor --json'],
  async run(ctx) {
    const base = await examine(database, ctx);
    const reachable = base.every(({ verdict }) => verdict !== 'fail');
    const rest = await Promise.all(
      CHECKS.map((check) => (check.needsDatabase && !reachable ? [notChecked(check)] : examine(check, ctx))),
    );
    const findings = [...base, ...rest.flat()];
    const healthy = findings.every(({ verdict }) => verdict !== 'fail');
    return {
      json: {
        ok: healthy,
        checks: findings.map(({ check, verdict, result, hint }) => ({
          check,
          status: verdict,
          result,
          hint: hint ?? null,
        })),
      },
      text: (style) => report(style, findings),
      exitCode: healthy ? 0 : 1,
    };
  },
};

/** A check that cannot be made has failed. */
async function examine(check: Check, ctx: CliContext): Promise<Finding[]> {
  try {
    return await check.run(ctx);
  } catch (error) {
    const { message, hint } = asCliError(error, null);
    return [{ check: check.name, verdict: 'fail', result: message, ...(hint === null ? {} : { hint }) }];
  }
}

function notChecked(check: Check): Finding {
  return { check: check.name, verdict: 'fail', result: 'not checked: needs the database' };
}

const SIGNS: Record<Verdict, string> = { ok: '✓', off: '–', warn: '!', fail: '✗' };

function report(style: Style, findings: Finding[]): string {
  const paint = (sign: string) => {
    if (sign === SIGNS.ok) return style.good(sign);
    return sign === SIGNS.fail ? style.bad(sign) : style.warn(sign);
  };
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  const rows = findings.map(({ check, verdict, result, hint }) => [
    SIGNS[verdict],
    check,
    result,
    hint ?? '',
  ]);
  const columns = [{ title: '', paint }, { title: 'CHECK' }, { title: 'RESULT' }, { title: 'WHAT TO DO' }];
  const verdict = count('fail') === 0 ? style.good('Nothing failed') : style.bad(`${count('fail')} failed`);
  const warnings = count('warn');
  const sum = `${verdict}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`;
  return [table(style, columns, rows), '', sum].join('\n');
}
