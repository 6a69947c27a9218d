import { alarmsOfBooks, alarmsOfInvariants, BOOK_ALARMS } from '#libs/services';
import { checkInvariants, readProviderBooks } from '#libs/store';
import { alarmBoard } from '../alarm-board.ts';
import type { Loop } from '../deps.ts';

/** Checks the rules of money and state, and the providers' balances. Alarms; nothing is repaired by itself. */
export const audit: Loop = {
  name: 'audit',
  intervalMs: 60_000,
  start({ ctx, metrics }) {
    const broken = metrics.gauge('invariant_violations', 'Rows that break an invariant', ['invariant']);
    const board = alarmBoard(metrics, ctx.log);
    return async () => {
      const results = await checkInvariants(ctx.db);
      for (const result of results) {
        broken.set({ invariant: result.id }, result.violations);
        if (result.violations > 0) ctx.log.error({ event: 'invariant.broken', ...result });
      }
      const books = await readProviderBooks(ctx.db);
      board.show(BOOK_ALARMS, [...alarmsOfInvariants(results), ...alarmsOfBooks(books)]);
      return undefined;
    };
  },
};
