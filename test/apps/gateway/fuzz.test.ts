import fc from 'fast-check';
import t from 'tap';
import { ENDPOINTS } from '../../../apps/gateway/actions/index.ts';
import { startTestGateway, TWILIO_ENVIRONMENT } from './gateway.ts';

interface Request {
  method: string;
  url: string;
  payload: string;
}

const ODD = ['\0', 'a\0b', '\ud800', '0', '-1', '22', '99999999999', '1e3', '', 'tg', 'https://a.example/\0'];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD) },
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const value = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(text, text, { maxKeys: 3 }),
);

const everyAction = ENDPOINTS.flatMap((endpoint) =>
  [...endpoint.actions.values()].map((action) => ({ endpoint, action })),
);
const storing = everyAction.filter(({ action }) => action.name === 'sms-send');

/** The action's own example with one or two of its fields spoilt, so that it comes far. */
const actionRequest: fc.Arbitrary<Request> = fc
  .oneof(fc.constantFrom(...everyAction), fc.constantFrom(...storing))
  .chain(({ endpoint, action }) => {
    const names = [...Object.keys(action.input), '__proto__', 'constructor'];
    return fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 2 }).map((spoilt) => {
      const input: Record<string, unknown> = { ...action.inputExample, ...spoilt };
      const path = endpoint.path.replace(':id', encode(input.id));
      const query = endpoint.chosenByQuery ? `?action=${action.name}` : '?';
      const asked = action.method !== 'POST' ? `${query}&${queryOf(input)}` : query;
      return { method: action.method, url: path + asked, payload: JSON.stringify(input) };
    });
  });

const push = JSON.stringify({ activationId: 1 });
const otherRequest: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'),
  url: fc.oneof(
    fc.constantFrom(...ENDPOINTS.map(({ path }) => path)),
    text.map((secret) => `/callbacks/smsbower/${encode(secret)}`),
    text.map((id) => `/callbacks/twilio/status?m=${encode(id)}&e=1&s=2`),
    fc.webPath().map((path) => `/${path}`),
  ),
  payload: fc.oneof(fc.constant(push), fc.json(), text),
});

const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
/** Mostly fine, since a bad header ends the request before its fields are read. */
const orOdd = (usual: fc.Arbitrary<string>) => fc.oneof({ weight: 9, arbitrary: usual }, latin1);
const headers = fc.record(
  {
    'idempotency-key': orOdd(fc.uuid()),
    prefer: orOdd(fc.constant('wait=0')),
    'x-request-id': latin1,
    'content-type': latin1,
  },
  { requiredKeys: [] },
);

t.test('no input makes a 500, and every reply of the API says ok or not', async (t) => {
  const gateway = await startTestGateway(t, {
    ...TWILIO_ENVIRONMENT,
    PUBLIC_BASE_URL: 'https://sms.example.com',
  });
  const requests = fc.oneof({ weight: 3, arbitrary: actionRequest }, otherRequest);
  await fc.assert(
    fc.asyncProperty(requests, headers, async ({ method, url, payload }, given) => {
      const reply = await gateway.call({ method: method as 'GET', url, payload, headers: given });
      if (reply.statusCode === 500) throw new Error(JSON.stringify(gateway.logged.at(-2)));
      if (method === 'HEAD' || !/^\/(?:api|v1)\//.test(url)) return true;
      // The fuzz asks for CSV and for streams too.
      if (/^text\/(?:csv|event-stream)/.test(String(reply.headers['content-type']))) {
        return reply.statusCode === 200;
      }
      return typeof reply.json().ok === 'boolean';
    }),
    { numRuns: 1_500 },
  );
});

function queryOf(input: Record<string, unknown>): string {
  const pairs = Object.entries(input).flatMap(([name, item]) =>
    [item].flat().map((one) => `${encode(name)}=${encode(one)}`),
  );
  return pairs.join('&');
}

/** encodeURIComponent refuses lone surrogates. */
function encode(item: unknown): string {
  const plain = typeof item === 'string' ? item : (JSON.stringify(item) ?? '');
  return encodeURIComponent(plain.replace(/\p{Surrogate}/gu, '\ufffd'));
}
