import { readCountries } from '#libs/services';
import type { DialectAction } from '../action.ts';

/** Names are in English whatever the language: no other is known here. */
export const getCountries: DialectAction = {
  name: 'getCountries',
  summary: 'Countries by id, as JSON.',
  async run({ ctx, partner }) {
    const { countries } = await readCountries({ ctx, input: { partner, apiId: null } });
    const entries = countries.map(({ id, name }) => {
      const names = { rus: name, eng: name, chn: name };
      return [id, { id, ...names, visible: 1, retry: 1, rent: 0, multiService: 0 }];
    });
    return { json: Object.fromEntries(entries) };
  },
};
