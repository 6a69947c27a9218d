import { ERRORS, type ErrorBody, type ErrorCode } from '#libs/domain';
import { problemOf } from '../plugins/problem.ts';

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
    param: { type: 'string', description: 'The field, parameter or header at fault.' },
    activation_id: { type: 'string' },
    id: { type: 'string', description: 'provider_error of sms-send: the message.' },
  },
};

/** RFC 9457, and all that the plain shape has. */
export const PROBLEM_SCHEMA: Json = {
  title: 'Problem details',
  allOf: [
    { $ref: '#/components/schemas/Error' },
    {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'retryable', 'doc_url'],
      properties: {
        type: { type: 'string', format: 'uri', description: 'Where the code is explained.' },
        title: { type: 'string', description: 'The same for every occurrence of the code.' },
        status: { type: 'integer', description: 'The HTTP status.' },
        detail: { type: 'string', description: 'What is the matter this time, for a person.' },
        instance: { type: 'string', format: 'uri', description: 'This occurrence: the request.' },
        code: { type: 'string', enum: Object.keys(ERRORS) },
        retryable: {
          type: 'boolean',
          description: 'The same request, with the same Idempotency-Key, may succeed after a while.',
        },
        doc_url: { type: 'string', format: 'uri' },
      },
    },
  ],
};

/** What an error looks like at an address. */
export interface ErrorShape {
  mediaType: string;
  schema: string;
  example(code: ErrorCode): Json;
}

export const PLAIN_ERRORS: ErrorShape = {
  mediaType: 'application/json',
  schema: 'Error',
  example: exampleOf,
};

export function problemErrors(baseUrl: string): ErrorShape {
  return {
    mediaType: 'application/problem+json',
    schema: 'Problem',
    example: (code) => problemOf(exampleOf(code), baseUrl),
  };
}

function exampleOf(code: ErrorCode): ErrorBody {
  return { ok: false, error: code, message: ERRORS[code].message, request_id: '3c5e9a52-0f4b' };
}

/** One response per status, with an example of each code that it may carry. */
export function errorResponses(codes: ErrorCode[], shape: ErrorShape): Json {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      responseOf(
        status,
        [...new Set(codes)].filter((code) => ERRORS[code].status === status),
        shape,
      ),
    ]),
  );
}

function responseOf(status: number, codes: ErrorCode[], shape: ErrorShape): Json {
  return {
    description: codes.map((code) => `${code}: ${ERRORS[code].message}`).join(' '),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } } }
      : {}),
    ...(status === 405 ? { headers: { Allow: { schema: { type: 'string' } } } } : {}),
    content: {
      [shape.mediaType]: {
        schema: { $ref: `#/components/schemas/${shape.schema}` },
        examples: Object.fromEntries(
          codes.map((code) => [code, { summary: ERRORS[code].fix, value: shape.example(code) }]),
        ),
      },
    },
  };
}
