import type { FastifyInstance } from 'fastify';
import { type Micros, parseMicros } from '#libs/domain';
import type { SandboxContext } from '../core/context.ts';
import type { Offer } from '../smsbower/catalogue/catalogue.ts';
import { plainDollars } from '../smsbower/money-words.ts';
import { bodyOf } from './body.ts';
import { ControlError } from './errors.ts';
import { viewBalance } from './views.ts';

export function registerStockRoutes(app: FastifyInstance, ctx: SandboxContext): void {
  app.get('/balance', () => viewBalance(ctx.state));
  app.put('/balance', (request) => {
    ctx.state.balanceMicros = amount(bodyOf(request).balance, 'balance');
    ctx.changed();
    return viewBalance(ctx.state);
  });
  app.post('/offers', (request) => {
    const body = bodyOf(request);
    const offers = offersOf(ctx, body);
    for (const offer of offers)
      ctx.catalogue.change(offer, { priceMicros: newPrice(offer, body), count: newCount(offer, body) });
    ctx.changed();
    return {
      offers: offers.map(({ providerId, priceMicros, count }) => ({
        providerId,
        price: plainDollars(priceMicros),
        count,
      })),
    };
  });
}

function offersOf(ctx: SandboxContext, { country, service, providerId }: Record<string, unknown>): Offer[] {
  const all = ctx.catalogue.offersOf(String(country), String(service));
  const offers = all.filter((offer) => providerId === undefined || offer.providerId === providerId);
  if (offers.length > 0) return offers;
  throw new ControlError(
    404,
    `Nobody sells ${service} in country ${country}. getPricesV3 lists who sells what.`,
  );
}

function newPrice(offer: Offer, { price }: Record<string, unknown>): Micros {
  return price === undefined ? offer.priceMicros : amount(price, 'price');
}

function newCount(offer: Offer, { count, add }: Record<string, unknown>): number {
  const value = Number(count ?? offer.count) + Number(add ?? 0);
  if (Number.isInteger(value)) return Math.max(0, value);
  throw new ControlError(400, 'count and add must be whole numbers.');
}

function amount(value: unknown, name: string): Micros {
  const micros = parseMicros(value);
  if (micros === null || micros < 0n) throw new ControlError(400, `${name} must be dollars such as "12.5".`);
  return micros;
}
