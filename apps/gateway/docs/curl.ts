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
  return (
    `curl -sS -X POST "${url}" \\\n  -H "Content-Type: application/json" \\\n  -H "${key}" \\\n` +
    `  -d '${JSON.stringify(input)}'`
  );
}

/** Path and query of an example request. */
export function requestPath(endpoint: Endpoint, action: Action, input: Record<string, unknown>): string {
  const query = new URLSearchParams(endpoint.chosenByQuery ? { action: action.name } : {});
  if (action.method === 'GET' && endpoint.chosenByQuery) {
    for (const [name, value] of Object.entries(input)) query.set(name, String(value));
  }
  const path = endpoint.path.replace(/:(\w+)/g, (_all, name: string) => String(input[name]));
  return query.size > 0 ? `${path}?${decodeURIComponent(query.toString())}` : path;
}
