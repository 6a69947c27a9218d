import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Repeatable } from '#libs/services';
import { badRequest } from './errors.ts';

const PRINTABLE_ASCII = /^[\x20-\x7e]{1,255}$/;
const MOST_WAIT_SECONDS = 20;

/** `Idempotency-Key` and what it is tied to: the route, and a hash of the input whatever the order of its fields. */
export function readIdempotency(
  request: FastifyRequest,
  route: string,
  input: Record<string, unknown>,
): Repeatable['idempotency'] {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !PRINTABLE_ASCII.test(key)) {
    throw badRequest('invalid_idempotency_key', undefined, 'Idempotency-Key');
  }
  return { key, route, requestHash: createHash('sha256').update(canonicalJson(input)).digest() };
}

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 without it. Other preferences are not ours. */
export function readPreferredWait(request: FastifyRequest): number {
  const header = [request.headers.prefer ?? []].flat().join(',');
  for (const preference of header.split(',')) {
    const [, name, value] = /^\s*([^\s=;]+)\s*(?:=\s*"?([^";]*?)"?\s*)?(?:;.*)?$/.exec(preference) ?? [];
    if (name?.toLowerCase() !== 'wait') continue;
    if (!/^\d{1,2}$/.test(value ?? '') || Number(value) > MOST_WAIT_SECONDS)
      throw badRequest('invalid_prefer', undefined, 'Prefer');
    return Number(value);
  }
  return 0;
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
