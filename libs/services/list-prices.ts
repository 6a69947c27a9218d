import { type DeliveryStats, listDeliveryStats } from '#libs/store';
import type { WaitingContext } from './context.ts';
import { type CatalogueInput, type PriceRow, readPrices } from './read-catalogue.ts';

/** Price, stock, and how rentals of the last days went, for each service and country asked for. */
export async function listPrices({
  ctx,
  input,
}: {
  ctx: WaitingContext;
  input: CatalogueInput & { service: string | null; country: number | null };
}) {
  const { prices, api_id } = await readPrices({ ctx, input });
  const stats = await listDeliveryStats(ctx.db, input);
  const statsOf = new Map(stats.map((entry) => [pairOf(entry), entry]));
  return { prices: prices.map((row) => presentPrice(row, statsOf.get(pairOf(row)))), api_id };
}

function pairOf({ service, country }: { service: string; country: number }): string {
  return `${country}:${service}`;
}

function presentPrice({ service, country, price, count }: PriceRow, stats: DeliveryStats | undefined) {
  return {
    service,
    country,
    price,
    stock: count,
    delivery: {
      sample: stats?.sample ?? 0,
      success_rate: stats ? Math.round((stats.withCode / stats.sample) * 1_000) / 1_000 : null,
      p50_seconds: roundSeconds(stats?.p50Seconds),
      p90_seconds: roundSeconds(stats?.p90Seconds),
    },
  };
}

function roundSeconds(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : Math.round(seconds * 10) / 10;
}
