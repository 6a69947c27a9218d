import { asObject, parseJson } from '../json.ts';

/**
 * A body of the handler API, whatever its content type says: `NAME` or `NAME:argument` in plain text; a refusal in
 * one of its JSON dialects; other JSON; or nothing usable (empty, HTML, truncated JSON).
 */
export type Reply =
  | { kind: 'token'; name: string; argument: string | null }
  | { kind: 'refusal'; name: string; argument: string | null; words: string }
  | { kind: 'json'; value: unknown }
  | { kind: 'unusable'; detail: string };

const TOKEN = /^([A-Z][A-Z0-9_]{2,63})(?::([\s\S]*))?$/;

export function readReply(body: string): Reply {
  const text = body.replace(/^\uFEFF/, '').trim();
  if (text === '') return { kind: 'unusable', detail: 'empty_body' };
  if (text.startsWith('<')) return { kind: 'unusable', detail: 'html_page' };
  if (/^[{["]/.test(text)) return readJson(text);
  return readToken(text);
}

/** `NAME:argument`, split at the first colon only: a code may hold further ones. */
function readToken(text: string): Reply {
  const [, name, argument] = TOKEN.exec(text) ?? [];
  if (!name) return { kind: 'unusable', detail: 'unrecognised_text' };
  return { kind: 'token', name, argument: argument?.trim() ?? null };
}

function readJson(text: string): Reply {
  const value = parseJson(text);
  if (value === undefined) return { kind: 'unusable', detail: 'malformed_json' };
  if (typeof value === 'string') return readToken(value.trim());
  const words = refusalWords(value);
  if (words === null) return { kind: 'json', value };
  const [name = '', ...rest] = words.split(':');
  return { kind: 'refusal', name: tokenOf(name), argument: rest.join(':').trim() || null, words };
}

/** `{"error":"Bad service"}`, `{"error":"BAD_SERVICE"}`, `{"status":0,"message":"No access","data":[]}`. */
function refusalWords(value: unknown): string | null {
  const fields = asObject(value);
  if (!fields) return null;
  if (typeof fields.error === 'string' && fields.error !== '') return fields.error;
  const failed = [0, '0', false, 'error', 'fail'].some((status) => status === fields.status);
  const words = fields.message ?? fields.msg;
  return failed && typeof words === 'string' ? words : null;
}

/** The documented name of a refusal told in words. `No access` is how a wrong key is answered. */
function tokenOf(words: string): string {
  const name = words
    .trim()
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_');
  return name === 'NO_ACCESS' ? 'BAD_KEY' : name;
}
