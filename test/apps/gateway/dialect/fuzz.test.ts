import fc from 'fast-check';
import t from 'tap';
import { DIALECT_ACTIONS, DIALECT_PATH } from '../../../../apps/gateway/dialect/index.ts';
import { TOKENS } from '../../../../apps/gateway/dialect/tokens.ts';
import { startTestGateway } from '../gateway.ts';

const ODD = [
  '',
  'undefined',
  'null',
  '-1',
  '0',
  '22',
  'tg',
  '1e3',
  '\0',
  'a\0b',
  '99999999999',
  '🙂',
  '1,2',
  ' 8 ',
  '%',
];
const NAMES = [
  'id',
  'status',
  'service',
  'country',
  'maxPrice',
  'orderId',
  'limit',
  'start',
  'freePrice',
  '__proto__',
];

const value = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 30 }));
const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...NAMES), value), value), { maxLength: 6 });
const action = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...DIALECT_ACTIONS.keys()) }, value);
const method = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('GET', 'POST') },
  fc.constantFrom('PUT', 'DELETE'),
);

t.test('whatever is asked, the answer is 200 and a word that clients know, or JSON', async (t) => {
  const gateway = await startTestGateway(t);
  const known = new RegExp(`^(${TOKENS.join('|')})(:[^]*)?$`);
  await fc.assert(
    fc.asyncProperty(action, pairs, pairs, method, fc.boolean(), async (name, query, form, how, withKey) => {
      const key: [string, string][] = withKey ? [['api_key', gateway.main.secret]] : [];
      const url = `${DIALECT_PATH}?${encode([...key, ['action', name], ...query])}`;
      const answer = await gateway.app.inject({
        method: how as 'GET',
        url,
        ...(how === 'GET' ? {} : { payload: encode(form) }),
      });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`);
      return known.test(answer.body) || typeof JSON.parse(answer.body) === 'object';
    }),
    { numRuns: 1_000 },
  );
  t.notOk(
    gateway.logged.find(({ event }) => event === 'http.failed'),
    'and nothing failed within',
  );
});

function encode(pairs: [string, string][]): string {
  return new URLSearchParams(pairs).toString();
}
