import { formatMicros, type Micros, publicMessageStatus } from '#libs/domain';
import { countActivationsByDay, countMessagesByDay, type Period, type RentalsOfDay } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope } from './partner.ts';

const DAY_MS = 24 * 3_600_000;

type RentalEnd = 'running' | 'received' | 'cancelled' | 'expired' | 'not_bought';

/** Counts and money for each day of a period, the empty ones included; a day is that of asking, in UTC. */
export async function readUsage({
  ctx,
  input: { partner, ...period },
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: Period & { partner: Partner };
}) {
  requireScope(partner, 'read');
  const { owner, userId } = partner;
  const [messages, rentals] = await Promise.all([
    countMessagesByDay(ctx.db, { ...period, owner }),
    userId === null ? [] : countActivationsByDay(ctx.db, { ...period, userId }),
  ]);
  return daysOf(period).map((day) => {
    const ofDay = rentals.filter((row) => row.day === day);
    return {
      day,
      messages: counts(
        messages.filter((row) => row.day === day),
        (row) => publicMessageStatus(row.state),
      ),
      activations: counts(ofDay, endOf),
      spent: formatMicros(spentOn(ofDay)),
    };
  });
}

function daysOf({ from, until }: Period): string[] {
  const days = Math.round((until.getTime() - from.getTime()) / DAY_MS);
  return Array.from({ length: days }, (_, n) =>
    new Date(from.getTime() + n * DAY_MS).toISOString().slice(0, 10),
  );
}

function counts<Row extends { count: number }>(rows: Row[], nameOf: (row: Row) => string) {
  const result: Record<string, number> = {};
  for (const row of rows) result[nameOf(row)] = (result[nameOf(row)] ?? 0) + row.count;
  return { total: rows.reduce((sum, { count }) => sum + count, 0), ...result };
}

function endOf({ state, reason }: RentalsOfDay): RentalEnd {
  switch (state) {
    case 'received':
    case 'finished':
      return 'received';
    case 'cancelled':
      return reason === 'expired' ? 'expired' : 'cancelled';
    case 'refused':
    case 'released':
      return 'not_bought';
    default:
      return 'running';
  }
}

function spentOn(rows: RentalsOfDay[]): Micros {
  const paid = rows.filter((row) => endOf(row) === 'received');
  return paid.reduce((sum, { priceMicros }) => sum + priceMicros, 0n);
}
