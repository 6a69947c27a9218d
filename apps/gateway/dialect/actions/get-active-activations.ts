import { knownCountryNames, listLiveRentals } from '#libs/services';
import type { DialectAction } from '../action.ts';
import { countOf } from '../parameters.ts';
import { digitsOf, parseRental, type Rental, wallTime } from '../rental.ts';

const MOST = 100;

export const getActiveActivations: DialectAction = {
  name: 'getActiveActivations',
  summary: 'The rentals that are not over, newest first, as JSON. Takes start, limit (at most 100).',
  async run({ ctx, partner, parameters }) {
    const offset = countOf(parameters, 'start', { most: 1e6, usual: 0 });
    const limit = countOf(parameters, 'limit', { most: MOST, usual: MOST });
    const rentals = await listLiveRentals({ ctx, input: { partner, offset, limit } });
    if (rentals.length === 0) return { json: { status: 'error', error: 'NO_ACTIVATIONS' } };
    const names = await knownCountryNames(ctx, partner);
    return {
      json: {
        status: 'success',
        activeActivations: rentals.map((text) => present(parseRental(text), names)),
      },
    };
  },
};

function present(rental: Rental, names: Map<number, string>) {
  const { messages = [] } = rental;
  return {
    activationId: rental.activation_id,
    countryCode: String(rental.country),
    countryName: names.get(rental.country) ?? '',
    serviceCode: rental.service,
    phoneNumber: digitsOf(rental.phone ?? ''),
    activationCost: Number(rental.price),
    activationStatus: rental.status === 'received' ? '2' : messages.length > 0 ? '3' : '4',
    smsCode: messages.length > 0 ? messages.map(({ code }) => code ?? '') : null,
    smsText: messages.at(-1)?.text ?? null,
    activationTime: wallTime(rental.created_at),
    discount: '0',
    repeated: '0',
    canGetAnotherSms: '1',
  };
}
