import { ERRORS, type ErrorCode } from '#libs/domain';

type Json = Record<string, unknown>;

export const ERROR_SCHEMA: Json = {
  type: 'object',
  required: ['ok', 'error', 'message', 'request_id'],
  properties: {
    ok: { const: false },
    error: { type: 'string', enum: Object.keys(ERRORS) },
    message: { type: 'string', description: 'A sentence for a person.' },
    request_id: { type: 'string' },
    required: { type: 'string', description: 'insufficient_funds: what it would cost.' },
    available: { type: 'string', description: 'insufficient_funds: what there is.' },
    current_price: { type: 'string', description: 'price_changed: what it costs now.' },
    otp: { type: ['string', 'null'], description: 'code_already_received: the code.' },
    activation_id: { type: 'string' },
    id: { type: 'string', description: 'provider_error of sms-send: the message.' },
  },
};

/** One response per status, with an example of each code that it may carry. */
export function errorResponses(codes: ErrorCode[]): Json {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      responseOf(
        status,
        [...new Set(codes)].filter((code) => ERRORS[code].status === status),
      ),
    ]),
  );
}

function responseOf(status: number, codes: ErrorCode[]): Json {
  return {
    description: codes.map((code) => `${code}: ${ERRORS[code].message}`).join(' '),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }
      : {}),
    ...(status === 405 ? { headers: { Allow: { schema: { type: 'string' } } } } : {}),
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Error' },
        examples: Object.fromEntries(
          codes.map((code) => [
            code,
            {
              summary: ERRORS[code].fix,
              value: { ok: false, error: code, message: ERRORS[code].message, request_id: '3c5e9a52-0f4b' },
            },
          ]),
        ),
      },
    },
  };
}
