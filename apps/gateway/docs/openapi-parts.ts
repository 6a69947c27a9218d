import type { Action, Endpoint, Method } from '../actions/index.ts';
import { isInPath } from './curl.ts';

type Json = Record<string, unknown>;

const COMMON_HEADERS: Json = {
  'X-Request-Id': header('The id of this request; yours when you sent one.', { type: 'string' }),
  'RateLimit-Limit': header('Requests allowed per window.', { type: 'integer' }),
  'RateLimit-Remaining': header('Requests left in this window.', { type: 'integer' }),
  'RateLimit-Reset': header('Seconds until the next window.', { type: 'integer' }),
  'Idempotent-Replayed': header('Present when this is the first reply again.', { const: 'true' }),
};

const SPECIAL_HEADERS: Json = {
  ETag: header('Of what is told; send it in If-None-Match.', { type: 'string' }),
  Link: header('With rel="next": the next page, relative to this address.', { type: 'string' }),
  Location: header('Where what was made can be asked for.', { type: 'string' }),
};

export const RESPONSE_HEADERS: Json = { ...COMMON_HEADERS, ...SPECIAL_HEADERS };

/** The headers that a success of these actions may carry. */
export function headersOf(actions: Action[], status: number): Json {
  const names = [
    ...Object.keys(COMMON_HEADERS),
    ...(status === 200 && actions.some(({ etag }) => etag) ? ['ETag'] : []),
    ...(actions.some(({ input }) => Object.hasOwn(input, 'cursor')) ? ['Link'] : []),
    ...(status === 201 ? ['Location'] : []),
  ];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** `rent_number` and `Request` ⇒ `RentNumberRequest`. */
export function componentName(action: Action, suffix: string): string {
  const words = action.name.split(/[_-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${suffix}`;
}

/** The body of a POST: its input without what the path says. */
export function inputSchema(endpoint: Endpoint, action: Action): Json {
  const fields = Object.entries(action.input).filter(([name]) => !isInPath(endpoint, name));
  return {
    title: action.name,
    description: action.summary,
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
    required: fields.filter(([, { required }]) => required).map(([name]) => name),
  };
}

export function parametersOf(endpoint: Endpoint, method: Method, actions: Action[]): Json[] {
  return [
    ...(endpoint.chosenByQuery ? [actionParameter(actions)] : []),
    ...inputParameters(endpoint, method, actions),
    ...(method === 'POST' ? [IDEMPOTENCY_KEY] : []),
    ...(actions.some(({ prefersWait }) => prefersWait) ? [PREFER] : []),
    ...(actions.some(({ etag }) => etag) ? [IF_NONE_MATCH] : []),
  ];
}

function actionParameter(actions: Action[]): Json {
  return {
    name: 'action',
    in: 'query',
    required: true,
    description: actions.map(({ name, summary }) => `${name}: ${summary}.`).join(' '),
    schema: { type: 'string', enum: actions.map(({ name }) => name) },
  };
}

/** A parameter that several actions take is listed once, with their names. */
function inputParameters(endpoint: Endpoint, method: Method, actions: Action[]): Json[] {
  const names = [...new Set(actions.flatMap(({ input }) => Object.keys(input)))];
  return names.flatMap((name) => {
    const users = actions.filter(({ input }) => Object.hasOwn(input, name));
    const field = users[0]?.input[name];
    if (!field) return [];
    const inPath = isInPath(endpoint, name);
    if (method === 'POST' && !inPath) return [];
    const uses = users.map((user) => `${user.name}${user.input[name]?.required ? ' (required)' : ''}`);
    return [
      {
        name,
        in: inPath ? 'path' : 'query',
        required: inPath || (!endpoint.chosenByQuery && field.required),
        ...(endpoint.chosenByQuery ? { description: `For ${uses.join(', ')}.` } : {}),
        schema: field.schema,
      },
    ];
  });
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Repeats of the request with this key get the first reply again, for 24 hours.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const PREFER = {
  name: 'Prefer',
  in: 'header',
  description: 'wait=N: answer with the state reached within N seconds, at most 20.',
  schema: { type: 'string' },
  example: 'wait=10',
};

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of an earlier reply: 304 without a body while nothing has changed.',
  schema: { type: 'string' },
};

function header(description: string, schema: Json): Json {
  return { description, schema };
}
