import { type Micros, parseMicros } from '#libs/domain';
import type { Call } from '../core/calls.ts';
import type { SandboxContext } from '../core/context.ts';
import { type SandboxRental, spendableMicros } from '../core/state.ts';
import type { Offer } from './catalogue/catalogue.ts';
import { type CountryRow, findCountry } from './catalogue/countries.ts';
import { findService } from './catalogue/services.ts';
import { listParameter, parameter, type Query } from './query.ts';
import { planAutoCode, receiveSms, watchRental } from './rentals.ts';

/** A refusal in SMSBower's word, or the rental and the id that is given out for it. */
export type Bought = { refused: string } | { rental: SandboxRental; shownId: string };

/** Buys the cheapest number that fits; the money is reserved. */
export async function buyNumber(ctx: SandboxContext, query: Query, call: Call): Promise<Bought> {
  const service = findService(parameter(query, 'service') ?? '');
  if (!service) return { refused: 'WRONG_SERVICE' };
  const country = findCountry(parameter(query, 'country') ?? '');
  if (!country) return { refused: 'WRONG_COUNTRY' };
  const offer = cheapestOffer(ctx, country, service.code, query);
  const prefix = freePrefix(country, query, ctx.state.nextActivationId);
  if (!offer || !prefix) return { refused: 'NO_NUMBERS' };
  const costMicros = costOf(ctx, offer, query, call);
  if (spendableMicros(ctx.state) < costMicros) return { refused: 'NO_BALANCE' };

  const rental = openRental(ctx, { country, offer, prefix, costMicros });
  const duplicate = ctx.faults.take('duplicate-id', call);
  if (ctx.faults.take('push-first', call)) await receiveSms(ctx, rental);
  return { rental, shownId: duplicate ? idBefore(rental) : rental.activationId };
}

function cheapestOffer(
  ctx: SandboxContext,
  country: CountryRow,
  service: string,
  query: Query,
): Offer | undefined {
  const lowest = price(query, 'minPrice');
  const highest = price(query, 'maxPrice');
  const only = listParameter(query, 'providerIds');
  const except = listParameter(query, 'exceptProviderIds');
  return ctx.catalogue
    .inStock(String(country.id), service)
    .filter(({ priceMicros }) => lowest === null || priceMicros >= lowest)
    .filter(({ priceMicros }) => highest === null || priceMicros <= highest)
    .filter(({ providerId }) => only.length === 0 || only.includes(String(providerId)))
    .filter(({ providerId }) => !except.includes(String(providerId)))
    .sort((a, b) => Number(a.priceMicros - b.priceMicros))[0];
}

/** A price that is none counts as zero, as in PHP. */
function price(query: Query, name: string): Micros | null {
  const value = parameter(query, name);
  return value === null ? null : (parseMicros(value, 'up') ?? 0n);
}

function freePrefix(country: CountryRow, query: Query, id: number): string | undefined {
  const free = country.prefixes.filter((prefix) => !isExcepted(prefix, query));
  return free[id % free.length];
}

function isExcepted(prefix: string, query: Query): boolean {
  return listParameter(query, 'phoneException').some(
    (exception) => prefix.startsWith(exception) || exception.startsWith(prefix),
  );
}

function costOf(ctx: SandboxContext, offer: Offer, query: Query, call: Call): Micros {
  if (!ctx.faults.take('overpriced', call)) return offer.priceMicros;
  return ((price(query, 'maxPrice') ?? offer.priceMicros) * 3n) / 2n;
}

function idBefore(rental: SandboxRental): string {
  return String(Number(rental.activationId) - 1);
}

interface Deal {
  country: CountryRow;
  offer: Offer;
  prefix: string;
  costMicros: Micros;
}

function openRental(ctx: SandboxContext, { country, offer, prefix, costMicros }: Deal): SandboxRental {
  const id = ctx.state.nextActivationId;
  const boughtAtMs = ctx.clock.nowMs();
  const rental: SandboxRental = {
    activationId: String(id),
    phone: prefix + subscriberNumber(id, country.digits),
    service: offer.service,
    country: country.id ?? 0,
    providerId: offer.providerId,
    operator: country.operators[id % country.operators.length] ?? 'any',
    costMicros,
    state: 'waiting',
    settlement: 'reserved',
    boughtAtMs,
    expiresAtMs: boughtAtMs + ctx.settings.lifetimeSeconds * 1000,
    autoCodeAtMs: null,
    messages: [],
  };
  ctx.state.nextActivationId = id + 1;
  ctx.state.reservedMicros += costMicros;
  ctx.state.rentals.set(rental.activationId, rental);
  ctx.catalogue.change(offer, { count: offer.count - 1 });
  watchRental(ctx, rental);
  planAutoCode(ctx, rental);
  ctx.changed();
  return rental;
}

/** Scatters ids over all numbers of that length without repeating one: the factor shares no divisor with ten. */
function subscriberNumber(id: number, digits: number): string {
  const size = 10n ** BigInt(digits);
  return String((BigInt(id) * 7_368_787n) % size).padStart(digits, '0');
}
