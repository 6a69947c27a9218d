import { addMarkup, type Micros } from '#libs/domain';
import { listMarkupRules, type MarkupRule } from '#libs/store';
import type { ServiceContext } from './context.ts';

export interface PricedFor {
  userId: number | null;
  service: string;
  country: number;
}

/** What a partner pays for a number that costs us `costMicros`. */
export type PriceOf = (costMicros: Micros, sale: PricedFor) => Micros;

/** Reads the markup rules once; the most specific rule wins: partner before service before country. */
export async function loadPricing(ctx: Pick<ServiceContext, 'db' | 'config'>): Promise<PriceOf> {
  return pricingBy(ctx, await listMarkupRules(ctx.db));
}

export function pricingBy(ctx: Pick<ServiceContext, 'config'>, rules: MarkupRule[]): PriceOf {
  return (costMicros, sale) => {
    const rule = mostSpecific(rules.filter((candidate) => applies(candidate, sale)));
    return addMarkup(costMicros, rule?.markupMillipercent ?? ctx.config.defaultMarkupMillipercent);
  };
}

function applies(rule: MarkupRule, sale: PricedFor): boolean {
  return (
    (rule.userId === null || rule.userId === sale.userId) &&
    (rule.service === null || rule.service === sale.service) &&
    (rule.country === null || rule.country === sale.country)
  );
}

function mostSpecific(rules: MarkupRule[]): MarkupRule | undefined {
  const weight = (rule: MarkupRule) =>
    (rule.userId === null ? 0 : 4) + (rule.service === null ? 0 : 2) + (rule.country === null ? 0 : 1);
  return rules.reduce<MarkupRule | undefined>(
    (best, rule) => (best === undefined || weight(rule) > weight(best) ? rule : best),
    undefined,
  );
}
