import fc from 'fast-check';
import t from 'tap';
import { E164, ERRORS, type ErrorCode, errorReply, maskPhone, PublicError } from '#libs/domain';

const CODES = Object.keys(ERRORS) as ErrorCode[];

t.test('each error has a status, a sentence and an advice', async (t) => {
  for (const code of CODES) {
    const { status, message, fix } = ERRORS[code];
    t.match(code, /^[a-z]+(_[a-z]+)*$/);
    t.ok(status >= 400 && status < 600, `${code}: ${status}`);
    t.match(message, /^[A-Za-z].*\.$/, `${code}: a sentence`);
    t.match(fix, /^[A-Z].+[.:"]/, `${code}: what to do`);
    t.equal(code.startsWith('invalid_'), status === 400, `${code}: wrong input is 400, and nothing else is`);
  }
});

t.test('the statuses that partners rely on', async (t) => {
  const promised: Partial<Record<ErrorCode, number>> = {
    unauthorized: 401,
    insufficient_funds: 402,
    activation_not_found: 404,
    api_not_found: 404,
    method_not_allowed: 405,
    out_of_stock: 409,
    price_changed: 409,
    code_already_received: 409,
    already_cancelled: 409,
    idempotency_in_flight: 409,
    idempotency_mismatch: 422,
    rate_limited: 429,
    outbound_sms_not_configured: 501,
    provider_error: 502,
    partner_user_not_configured: 503,
    no_api_keys_configured: 503,
    virtual_numbers_not_configured: 503,
    provider_unavailable: 503,
    overloaded: 503,
  };
  for (const [code, status] of Object.entries(promised))
    t.equal(ERRORS[code as ErrorCode].status, status, code);
});

t.test('a reply holds the code, the sentence, the request and the details', async (t) => {
  const error = new PublicError('price_changed', { details: { current_price: '0.40' } });
  t.same(parsed(errorReply(error, 'r-1')), {
    status: 409,
    body: {
      ok: false,
      error: 'price_changed',
      message: ERRORS.price_changed.message,
      request_id: 'r-1',
      current_price: '0.40',
    },
  });
  const exact = new PublicError('provider_error', { message: 'The number is barred.', retryAfterSeconds: 3 });
  t.equal(parsed(errorReply(exact, 'r-2')).body.message, 'The number is barred.');
  t.equal(exact.retryAfterSeconds, 3);
  t.equal(error.retryAfterSeconds, null);
});

t.test('the cause of an error stays inside', async (t) => {
  const error = new PublicError('internal_error', { cause: new Error('password=secret') });
  t.notMatch(errorReply(error, 'r').body, 'secret');
});

t.test('E.164 is a plus sign and two to fifteen ASCII digits, the first not zero', async (t) => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[1-9][0-9]{1,14}$/),
      (digits) => E164.test(`+${digits}`) && !E164.test(digits),
    ),
  );
  for (const text of ['+0123456', '+1', '+1234567890123456', '+1 555', '+1555\n', ' +1555', '+٣٣٣٣٣٣', '']) {
    t.notOk(E164.test(text), JSON.stringify(text));
  }
});

t.test('a masked number shows at most its country and two last digits', async (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+[1-9][0-9]{1,14}$/), (phone) => {
      const masked = maskPhone(phone);
      if (phone.length < 8) return masked === '***';
      return masked === `${phone.slice(0, 3)}***${phone.slice(-2)}` && masked.length === 8;
    }),
  );
  t.equal(maskPhone('+15551234567'), '+15***67');
});

function parsed({ status, body }: { status: number; body: string }) {
  return { status, body: JSON.parse(body) };
}
