import { DIALECT_ACTIONS, DIALECT_PATH } from '../dialect/index.ts';
import { TOKENS } from '../dialect/tokens.ts';

type Json = Record<string, unknown>;

const ACTIONS = [...DIALECT_ACTIONS.values()];

const PARAMETERS: Record<string, { schema: Json; description: string }> = {
  api_key: { schema: { type: 'string' }, description: 'Your key.' },
  action: {
    schema: { type: 'string', enum: ACTIONS.map(({ name }) => name) },
    description: ACTIONS.map(({ name, summary }) => `${name}: ${summary}`).join(' '),
  },
  id: {
    schema: { type: 'integer' },
    description: 'For getStatus, getStatusV2, getFullSms, setStatus (required).',
  },
  status: {
    schema: { type: 'integer', enum: [1, 3, 6, 8, -1] },
    description: 'For setStatus (required); -1 is 8.',
  },
  service: { schema: { type: 'string' }, description: 'For getNumber, getNumberV2 (required), the prices.' },
  country: { schema: { type: 'integer' }, description: 'The same; 0 is one of them.' },
  maxPrice: {
    schema: { type: 'string' },
    description: 'For getNumber, getNumberV2: the most you pay, US dollars.',
  },
  orderId: {
    schema: { type: 'string' },
    description:
      'For getNumber, getNumberV2: your id of the purchase. Repeated within 24 hours, the same number again.',
  },
  freePrice: { schema: { type: 'boolean' }, description: 'For getTopCountriesByService: with freePriceMap.' },
  start: { schema: { type: 'integer' }, description: 'For getActiveActivations: how many to leave out.' },
  limit: {
    schema: { type: 'integer', maximum: 100 },
    description: 'For getActiveActivations: how many at most.',
  },
};

const PROPERTIES = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, { schema, description }]) => [name, { ...schema, description }]),
);

const DESCRIPTION =
  'For clients written against SMS-Activate and its family. The status is always 200: a token as text, with its value ' +
  'after a colon, or JSON where the action says so. Parameters come in the query, in a form (urlencoded or ' +
  'multipart), or in both, where the query wins; empty, undefined, null and -1 count as not given. Retry-After and ' +
  'X-Error (the error code of the partner API) say more where something is wrong.';

/** `?action=` chooses as on virtual-numbers, and one operation per method tells of all actions. */
export const DIALECT_PATHS: Json = {
  [DIALECT_PATH]: {
    get: {
      operationId: 'handler-api-get',
      summary: 'The SMS-Activate dialect',
      description: DESCRIPTION,
      security: [],
      parameters: Object.entries(PARAMETERS).map(([name, parameter]) => ({
        name,
        in: 'query',
        required: ['api_key', 'action'].includes(name),
        ...parameter,
      })),
      responses: responses(),
    },
    post: {
      operationId: 'handler-api-post',
      summary: 'The SMS-Activate dialect, as a form',
      description: DESCRIPTION,
      security: [],
      requestBody: {
        content: {
          'application/x-www-form-urlencoded': { schema: { type: 'object', properties: PROPERTIES } },
          'multipart/form-data': { schema: { type: 'object', properties: PROPERTIES } },
        },
      },
      responses: responses(),
    },
  },
};

function responses(): Json {
  return {
    200: {
      description: 'A token, or JSON.',
      headers: {
        'X-Error': {
          description: 'Why it is an error, as a code of the partner API.',
          schema: { type: 'string' },
        },
        'Retry-After': { description: 'Seconds, when it may pass.', schema: { type: 'integer' } },
      },
      content: {
        'text/plain': {
          schema: { type: 'string', pattern: `^(${TOKENS.join('|')})(:[\\s\\S]*)?$` },
          examples: {
            number: { value: 'ACCESS_NUMBER:12:919876543210' },
            code: { value: 'STATUS_OK:482913' },
            soldOut: { value: 'NO_NUMBERS' },
          },
        },
        'application/json': { schema: { type: 'object' } },
      },
    },
  };
}
