import { type Operations, ROUTES } from './generated.ts';

export type OperationName = keyof Operations;

/** Path parameters, query and body of an operation, those it has. */
export type Input<Name extends OperationName> = {
  [Part in 'path' | 'query' | 'body' as Operations[Name][Part] extends undefined
    ? never
    : Part]?: Operations[Name][Part];
};

/** The parts of an input, whichever operation it is for. */
export interface LooseInput {
  path?: object;
  query?: object;
  body?: object;
}

export interface PreparedRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Headers;
  body: string | null;
}

/** What of a request is the same for each attempt. Throws a TypeError for what HTTP cannot carry. */
export function prepareRequest(
  name: OperationName,
  input: LooseInput,
  { baseUrl, headers }: { baseUrl: string; headers: Record<string, string> },
): PreparedRequest {
  const { method, path } = ROUTES[name];
  const body = input.body === undefined ? null : JSON.stringify(input.body);
  return {
    method,
    url: baseUrl + pathOf(path, input.path ?? {}) + queryOf(input.query ?? {}),
    headers: new Headers({
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }),
    body,
  };
}

function pathOf(path: string, values: object): string {
  const given = new Map<string, unknown>(Object.entries(values));
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(given.get(name) ?? '');
    // Neither would arrive as a path segment of its own.
    if (value === '' || value === '.' || value === '..') throw new TypeError(`${name} is no id: "${value}"`);
    return encodeURIComponent(value);
  });
}

function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query}`;
}
