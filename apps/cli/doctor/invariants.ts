import { checkInvariants } from '#libs/store';
import type { Check } from './check.ts';

/** The rules of money and state, over the whole database. A broken one is never repaired by itself. */
export const invariants: Check = {
  name: 'invariants',
  needsDatabase: true,
  async run({ db }) {
    const results = await checkInvariants(db);
    const broken = results.filter((result) => result.violations > 0);
    if (broken.length === 0)
      return [{ check: 'invariants', verdict: 'ok', result: `all ${results.length} hold` }];
    return broken.map((result) => ({
      check: `invariant ${result.id}`,
      verdict: 'fail' as const,
      result: `${result.violations} broken: ${result.examples.join(', ')}`,
      hint: `Must hold: ${result.rule}. Stop sales and look at these rows`,
    }));
  },
};
