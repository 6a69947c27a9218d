import {
  formatMicros,
  type Offer,
  TEST_BALANCE_MICROS,
  TEST_COUNTRIES,
  TEST_SERVICES,
  testOffers,
} from '#libs/domain';
import { knowsNewPrice, type MirrorKey } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { parseScope } from './refresh-mirror.ts';

/** What the mirror would hold of the provider that plays for test keys, without asking anybody. */
export async function readTestCatalogue(
  ctx: Pick<ServiceContext, 'db'>,
  { kind, scope }: MirrorKey,
  userId: number | null,
): Promise<{ kind: 'ok'; value: unknown } | { kind: 'invalid'; parameter: 'service' | 'country' }> {
  switch (kind) {
    case 'balance':
      return { kind: 'ok', value: formatMicros(TEST_BALANCE_MICROS) };
    case 'countries':
      return { kind: 'ok', value: TEST_COUNTRIES };
    case 'services':
      return { kind: 'ok', value: TEST_SERVICES.map(({ code, name }) => ({ code, name })) };
    case 'prices':
      return readTestOffers(ctx, scope, userId);
  }
}

/** A price that has risen is still the old one here, until a rental of this user was refused for it. */
async function readTestOffers(ctx: Pick<ServiceContext, 'db'>, scope: string, userId: number | null) {
  const offers = testOffers(parseScope(scope), ({ costMicros }) => costMicros);
  if (offers.kind === 'invalid') return offers;
  return {
    kind: 'ok' as const,
    value: await Promise.all(offers.value.map((offer) => mirrored(ctx, offer, userId))),
  };
}

async function mirrored(ctx: Pick<ServiceContext, 'db'>, offer: Offer, userId: number | null) {
  const { service, country } = offer;
  const script = TEST_SERVICES.find(({ code }) => code === service);
  const risen =
    script?.purchase === 'dearer' &&
    userId !== null &&
    (await knowsNewPrice(ctx.db, { userId, service, country }));
  return { ...offer, costMicros: String(risen ? script.raisedMicros : offer.costMicros) };
}
