import type { DocumentedReply } from '../actions/action.ts';
import {
  type Action,
  COMMON_ERRORS,
  ENDPOINTS,
  type Endpoint,
  type Method,
  POST_ERRORS,
} from '../actions/index.ts';
import { speaksProblems } from '../plugins/problem.ts';
import { bodyOf, isInPath } from './curl.ts';
import { DIALECT_PATHS } from './openapi-dialect.ts';
import {
  ERROR_SCHEMA,
  errorResponses,
  PLAIN_ERRORS,
  PROBLEM_SCHEMA,
  problemErrors,
} from './openapi-errors.ts';
import { componentName, headersOf, inputSchema, parametersOf, RESPONSE_HEADERS } from './openapi-parts.ts';

type Json = Record<string, unknown>;

/**
 * OpenAPI 3.1. A path key may hold no query, so the actions that share a path share an operation per method: bodies
 * and replies are one of several named schemas, and each example bears its action's name.
 */
export function openApiDocument(baseUrl: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Partner API',
      version: '1.0.0',
      summary: 'Send text messages and rent numbers for one-time codes.',
      description: `The guide, with examples and every error: ${baseUrl}/docs/quickstart`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: baseUrl }],
    security: [{ bearer: [] }, { apiKey: [] }],
    paths: {
      ...Object.fromEntries(
        ENDPOINTS.map((endpoint) => [endpoint.path.replace(/:(\w+)/g, '{$1}'), pathItem(endpoint, baseUrl)]),
      ),
      ...DIALECT_PATHS,
    },
    components: {
      schemas: { Error: ERROR_SCHEMA, Problem: PROBLEM_SCHEMA, ...schemasOf() },
      headers: RESPONSE_HEADERS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'Authorization: Bearer YOUR_API_KEY' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

function schemasOf(): Json {
  const named = ENDPOINTS.flatMap((endpoint) =>
    [...endpoint.actions.values()].flatMap((action): [string, unknown][] => [
      ...(action.method === 'POST'
        ? [[componentName(action, 'Request'), inputSchema(endpoint, action)] as [string, unknown]]
        : []),
      ...action.replies
        .filter(isJson)
        .map(({ status, when, schema }): [string, unknown] => [
          componentName(action, `Reply${status}`),
          { ...schema, title: `${action.name}: ${status}`, description: when },
        ]),
    ]),
  );
  return Object.fromEntries(named);
}

function pathItem(endpoint: Endpoint, baseUrl: string): Json {
  const item: Json = {};
  for (const method of ['GET', 'POST', 'DELETE'] as const) {
    const actions = [...endpoint.actions.values()].filter((action) => action.method === method);
    if (actions.length > 0) item[method.toLowerCase()] = operation(endpoint, method, actions, baseUrl);
  }
  return item;
}

function operation(endpoint: Endpoint, method: Method, actions: Action[], baseUrl: string): Json {
  return {
    ...titleOf(method, actions),
    description: actions.map(describe).join('\n\n'),
    parameters: parametersOf(endpoint, method, actions),
    ...(method === 'POST' ? { requestBody: requestBody(endpoint, actions) } : {}),
    responses: {
      ...successes(actions),
      ...(actions.some(({ etag }) => etag) ? { 304: { description: 'Nothing has changed.' } } : {}),
      ...errorResponses(
        [
          ...COMMON_ERRORS,
          ...(method === 'POST' ? POST_ERRORS : []),
          ...(endpoint.chosenByQuery ? ['invalid_action' as const] : []),
          ...actions.flatMap(({ errors }) => errors),
        ],
        speaksProblems(endpoint.path) ? problemErrors(baseUrl) : PLAIN_ERRORS,
      ),
    },
  };
}

function titleOf(method: Method, actions: Action[]): Json {
  const [only] = actions;
  if (actions.length === 1 && only) return { operationId: only.name, summary: only.summary };
  return method === 'GET'
    ? { operationId: 'virtual-numbers-read', summary: 'Read from virtual numbers' }
    : { operationId: 'virtual-numbers-write', summary: 'Rent, cancel, resend, finish' };
}

function describe(action: Action): string {
  return `**${action.name}**: ${action.summary}. ${action.description} Errors of its own: ${action.errors.join(', ')}.`;
}

/** A body may be left out where the path says everything that is required. */
function requestBody(endpoint: Endpoint, actions: Action[]): Json {
  const required = actions.some(({ input }) =>
    Object.entries(input).some(([name, field]) => field.required && !isInPath(endpoint, name)),
  );
  return {
    required,
    description: 'Read as JSON whatever its Content-Type; at most 32 KiB.',
    content: {
      'application/json': {
        schema: anyOf(actions.map((action) => componentName(action, 'Request'))),
        examples: Object.fromEntries(
          actions.map((action) => [
            action.name,
            { summary: action.summary, value: bodyOf(endpoint, action.inputExample) ?? {} },
          ]),
        ),
      },
    },
  };
}

function successes(actions: Action[]): Json {
  const statuses = [...new Set(actions.flatMap(({ replies }) => replies.map(({ status }) => status)))];
  return Object.fromEntries(
    statuses.map((status) => {
      const replies = actions.flatMap((action) =>
        action.replies.filter((reply) => reply.status === status).map((reply) => ({ action, reply })),
      );
      const response = {
        description: replies.map(({ action, reply }) => `${action.name}: ${reply.when}`).join(' '),
        headers: headersOf(actions, status),
        content: replies.some(({ reply }) => !isJson(reply))
          ? EVENT_STREAM
          : {
              'application/json': {
                schema: anyOf(replies.map(({ action }) => componentName(action, `Reply${status}`))),
                examples: Object.fromEntries(
                  replies.map(({ action, reply }) => [
                    action.name,
                    { summary: reply.when, value: reply.example },
                  ]),
                ),
              },
              ...(replies.some(({ reply }) => reply.csv)
                ? { 'text/csv': { schema: { type: 'string' } } }
                : {}),
            },
      };
      return [String(status), response];
    }),
  );
}

/** A stream is alone on its path. */
const EVENT_STREAM = { 'text/event-stream': { schema: { type: 'string' } } };

function isJson({ stream }: DocumentedReply): boolean {
  return stream === undefined;
}

/** Several commands have the same body, so more than one may match: not `oneOf`. */
function anyOf(names: string[]): Json {
  const references = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  return references.length === 1 ? (references[0] ?? {}) : { anyOf: references };
}
