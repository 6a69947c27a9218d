import type { Action, Endpoint } from '../actions/index.ts';

type Json = Record<string, unknown>;

export const RESPONSE_HEADERS: Json = {
  'X-Request-Id': header('The id of this request; yours when you sent one.', { type: 'string' }),
  'RateLimit-Limit': header('Requests allowed per window.', { type: 'integer' }),
  'RateLimit-Remaining': header('Requests left in this window.', { type: 'integer' }),
  'RateLimit-Reset': header('Seconds until the next window.', { type: 'integer' }),
  'Idempotent-Replayed': header('Present when this is the first reply again.', { const: 'true' }),
};

/** `rent_number` and `Request` ⇒ `RentNumberRequest`. */
export function componentName(action: Action, suffix: string): string {
  const words = action.name.split(/[_-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${suffix}`;
}

export function inputSchema(action: Action): Json {
  const fields = Object.entries(action.input);
  return {
    title: action.name,
    description: action.summary,
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
    required: fields.filter(([, { required }]) => required).map(([name]) => name),
  };
}

export function parametersOf(endpoint: Endpoint, method: string, actions: Action[]): Json[] {
  return [
    ...(endpoint.chosenByQuery ? [actionParameter(actions)] : []),
    ...(method === 'GET' ? inputParameters(endpoint, actions) : []),
    ...(method === 'POST' ? [IDEMPOTENCY_KEY] : []),
    ...(actions.some(({ prefersWait }) => prefersWait) ? [PREFER] : []),
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
function inputParameters(endpoint: Endpoint, actions: Action[]): Json[] {
  const names = [...new Set(actions.flatMap(({ input }) => Object.keys(input)))];
  return names.flatMap((name) => {
    const users = actions.filter(({ input }) => Object.hasOwn(input, name));
    const field = users[0]?.input[name];
    if (!field) return [];
    const inPath = endpoint.path.includes(`:${name}`);
    const uses = users.map((user) => `${user.name}${user.input[name]?.required ? ' (required)' : ''}`);
    return [
      {
        name,
        in: inPath ? 'path' : 'query',
        required: inPath,
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

function header(description: string, schema: Json): Json {
  return { description, schema };
}
