import { mirrorSubject } from '#libs/cache';
import {
  type Country,
  formatMicros,
  type Micros,
  type Offer,
  type ReadAnswer,
  type Service,
} from '#libs/domain';
import { claimMirror, failMirror, type MirrorKey, type MirrorKind, writeMirror } from '#libs/store';
import type { ServiceContext } from './context.ts';

/** What it needs of a provider of numbers. */
export interface CatalogueSource {
  balance(): Promise<ReadAnswer<Micros>>;
  countries(): Promise<ReadAnswer<Country[]>>;
  services(): Promise<ReadAnswer<Service[]>>;
  offers(filter: { service?: string; country?: number }): Promise<ReadAnswer<Offer[]>>;
}

/** Offers as they lie in the mirror: micro-dollars as text, since JSON has no big integers. */
export type MirroredOffer = Omit<Offer, 'costMicros'> & { costMicros: string };

/** What counts as new enough, so that a herd of wishes comes to one question. */
const NEW_ENOUGH_SECONDS = { balance: 2, prices: 5, countries: 60, services: 60 };

/** Fetches one entry of the mirror unless another process does or has just done so. */
export async function refreshMirror({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { key: MirrorKey; provider: CatalogueSource };
}): Promise<'refreshed' | 'failed' | 'not_needed'> {
  const { key, provider } = input;
  if (!(await claimMirror(ctx.db, key, NEW_ENOUGH_SECONDS[key.kind]))) return 'not_needed';
  const answer = await ask(provider, key);
  const refreshed = answer.kind === 'ok' || answer.kind === 'invalid';
  if (refreshed) await writeMirror(ctx.db, key, answer);
  else await failMirror(ctx.db, key, answer.kind === 'refused' ? answer.message : answer.detail);
  ctx.log[refreshed ? 'debug' : 'warn']({ event: 'mirror.refreshed', ...key, result: answer.kind });
  await ctx.replies.announce(mirrorSubject(key)).catch(() => undefined);
  return refreshed ? 'refreshed' : 'failed';
}

/** Offers of one service and country, straight from the provider into the mirror. Null when it gave none. */
export async function refreshOffers(
  ctx: ServiceContext,
  key: MirrorKey,
  provider: Pick<CatalogueSource, 'offers'>,
): Promise<Offer[] | null> {
  const answer = await provider.offers(parseScope(key.scope));
  if (answer.kind !== 'ok') return null;
  await writeMirror(ctx.db, key, mirrorOffers(answer));
  return answer.value;
}

async function ask(provider: CatalogueSource, key: MirrorKey): Promise<ReadAnswer<unknown>> {
  switch (key.kind) {
    case 'balance': {
      const answer = await provider.balance();
      return answer.kind === 'ok' ? { kind: 'ok', value: formatMicros(answer.value) } : answer;
    }
    case 'countries':
      return provider.countries();
    case 'services':
      return provider.services();
    case 'prices':
      return mirrorOffers(await provider.offers(parseScope(key.scope)));
  }
}

function mirrorOffers(answer: ReadAnswer<Offer[]>): ReadAnswer<MirroredOffer[]> {
  if (answer.kind !== 'ok') return answer;
  return {
    kind: 'ok',
    value: answer.value.map((offer) => ({ ...offer, costMicros: String(offer.costMicros) })),
  };
}

/** The filter that a scope of `priceScope` stands for. */
export function parseScope(scope: string): { service?: string; country?: number } {
  const parts = new URLSearchParams(scope);
  const service = parts.get('service');
  const country = parts.get('country');
  return {
    ...(service === null ? {} : { service }),
    ...(country === null ? {} : { country: Number(country) }),
  };
}

const KINDS: readonly MirrorKind[] = ['balance', 'countries', 'services', 'prices'];

/** Reads the id of a refresh job, `<provider>|<kind>|<scope>`; null for anything else. */
export function parseMirrorId(id: string): MirrorKey | null {
  const [providerId = '', kindText, ...scope] = id.split('|');
  const kind = KINDS.find((known) => known === kindText);
  return kind && /^\d{1,9}$/.test(providerId)
    ? { providerId: Number(providerId), kind, scope: scope.join('|') }
    : null;
}
