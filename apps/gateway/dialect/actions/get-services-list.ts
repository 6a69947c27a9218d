import { readServices } from '#libs/services';
import type { DialectAction } from '../action.ts';

export const getServicesList: DialectAction = {
  name: 'getServicesList',
  summary: 'Codes and names of the services, as JSON.',
  async run({ ctx, partner }) {
    const { services } = await readServices({ ctx, input: { partner, apiId: null } });
    return { json: { status: 'success', services: services.map(({ code, name }) => ({ code, name })) } };
  },
};
