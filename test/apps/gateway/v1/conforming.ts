import assert from 'node:assert/strict';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { Compile } from 'typebox/compile';
import { openApiDocument } from '../../../../apps/gateway/docs/openapi.ts';
import type { TestGateway } from '../gateway.ts';

type Json = Record<string, unknown>;

/** As the gateway's own `call`; every reply must be one that the OpenAPI document has for its path and method. */
export function conformingCall(gateway: TestGateway): TestGateway['call'] {
  return async (options) => {
    const reply = await gateway.call(options);
    assertDocumented(options, reply);
    return reply;
  };
}

const DOCUMENT = openApiDocument('http://localhost') as { paths: Record<string, Record<string, Operation>> };

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

/** Static segments go before parameters, as in the router. */
const PATHS = Object.keys(DOCUMENT.paths)
  .sort((a, b) => a.split('{').length - b.split('{').length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }));

const validators = new Map<string, { Check(value: unknown): boolean }>();

function assertDocumented({ method = 'GET', url }: InjectOptions, reply: LightMyRequestResponse): void {
  const { status, what } = {
    status: reply.statusCode,
    what: `${method} ${url}: ${reply.statusCode} ${reply.body}`,
  };
  const { path } = PATHS.find(({ pattern }) => pattern.test(String(url).split('?')[0] ?? '')) ?? {};
  assert.ok(path, what);
  const item = DOCUMENT.paths[path] ?? {};
  // A method that is not allowed has no operation; its refusal is that of any other.
  const operation = item[method.toLowerCase()] ?? Object.values(item)[0];
  const response = operation?.responses[status];
  assert.ok(response, `documented: ${what}`);
  const type = String(reply.headers['content-type'] ?? '').split(';')[0] ?? '';
  if (status === 304) return;
  const schema = response.content?.[type]?.schema;
  assert.ok(schema, `documented as ${type}: ${what}`);
  const key = JSON.stringify(schema);
  const validator = validators.get(key) ?? Compile(withoutReferences(schema) as Json);
  validators.set(key, validator);
  const value = type === 'text/csv' ? reply.body : reply.json();
  assert.ok(validator.Check(value), `as documented: ${what}`);
}

/** The schema with what it refers to in place. */
function withoutReferences(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutReferences);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema && typeof schema.$ref === 'string') {
    const parts = schema.$ref.slice(2).split('/');
    return withoutReferences(parts.reduce<unknown>((at, part) => (at as Json)[part], DOCUMENT));
  }
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, withoutReferences(part)]));
}
