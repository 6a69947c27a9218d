import type { Action, Endpoint } from '../actions/index.ts';

export const KEY_PLACEHOLDER = 'YOUR_API_KEY';

/** A command that works when pasted, once the key is filled in. */
export function curlFor(
  baseUrl: string,
  endpoint: Endpoint,
  action: Action,
  input: Record<string, unknown> = action.inputExample,
): string {
  const key = endpoint.chosenByQuery
    ? `X-API-Key: ${KEY_PLACEHOLDER}`
    : `Authorization: Bearer ${KEY_PLACEHOLDER}`;
  const url = `${baseUrl}${requestPath(endpoint, action, input)}`;
  if (action.method === 'GET') return `curl -sS "${url}" \\\n  -H "${key}"`;
  const request = `curl -sS -X ${action.method} "${url}" \\\n`;
  const body = action.method === 'POST' ? bodyOf(endpoint, input) : null;
  if (body === null) return `${request}  -H "${key}"`;
  return `${request}  -H "Content-Type: application/json" \\\n  -H "${key}" \\\n  -d '${JSON.stringify(body)}'`;
}

/** Path and query of an example request. */
export function requestPath(endpoint: Endpoint, action: Action, input: Record<string, unknown>): string {
  const query = new URLSearchParams(endpoint.chosenByQuery ? { action: action.name } : {});
  if (action.method !== 'POST') {
    for (const [name, value] of Object.entries(input)) {
      if (!isInPath(endpoint, name)) query.set(name, String(value));
    }
  }
  const path = endpoint.path.replace(/:(\w+)/g, (_all, name: string) => String(input[name]));
  return query.size > 0 ? `${path}?${decodeURIComponent(query.toString())}` : path;
}

/** Whether an input is a part of the path. */
export function isInPath(endpoint: Pick<Endpoint, 'path'>, name: string): boolean {
  return endpoint.path.split('/').includes(`:${name}`);
}

/** The body of an example POST; null where the path says everything. */
export function bodyOf(endpoint: Endpoint, input: Record<string, unknown>): Record<string, unknown> | null {
  const fields = Object.entries(input).filter(([name]) => !isInPath(endpoint, name));
  return fields.length > 0 || endpoint.chosenByQuery ? Object.fromEntries(fields) : null;
}
