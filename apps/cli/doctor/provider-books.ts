import { alarmsOfBooks } from '#libs/services';
import { readProviderBooks } from '#libs/store';
import type { Check } from './check.ts';

/** Whether each account has what our books say. Its balance is another's word: a warning, never a failure. */
export const providerBooks: Check = {
  name: 'provider balances',
  needsDatabase: true,
  async run({ db }) {
    const books = await readProviderBooks(db);
    const alarms = alarmsOfBooks(books);
    const check = 'provider balances';
    if (alarms.length > 0)
      return alarms.map(({ what, hint }) => ({ check, verdict: 'warn' as const, result: what, hint }));
    if (books.length === 0) return [{ check, verdict: 'off', result: 'none read yet' }];
    return [{ check, verdict: 'ok', result: 'as booked' }];
  },
};
