import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Micros } from '#libs/domain';
import * as fields from '../actions/fields.ts';
import { bodyBytes } from '../plugins/body.ts';
import { badRequest } from '../plugins/errors.ts';
import { readMultipart } from './multipart.ts';

export type Parameters = ReadonlyMap<string, string>;

/** What clients send for a value they do not have. */
const NOT_GIVEN = new Set(['', '-1', 'undefined', 'null', 'None', 'NaN']);

/** Query and form as one, the query first: it is where the key is asked for. Throws `invalid_request` on repeats. */
export async function readParameters(request: FastifyRequest, reply: FastifyReply): Promise<Parameters> {
  const form = request.method === 'POST' ? await readForm(request, reply) : [];
  return new Map([...once(form), ...once(pairsOf(request.query))]);
}

/** The value, or null for each way of not giving one. */
export function given(parameters: Parameters, name: string): string | null {
  const value = parameters.get(name)?.trim() ?? '';
  return NOT_GIVEN.has(value) ? null : value;
}

/** Throws `invalid_id` for what cannot be one. */
export function activationIdOf(parameters: Parameters): number {
  return fields.activationId.read(given(parameters, 'id') ?? '');
}

/** Null when not given; throws `invalid_service`. */
export function serviceOf(parameters: Parameters): string | null {
  const service = given(parameters, 'service');
  return service === null ? null : fields.service.read(service);
}

/** Null when not given, and 0 is a country; throws `invalid_country`. */
export function countryOf(parameters: Parameters): number | null {
  const country = given(parameters, 'country');
  return country === null ? null : fields.country.read(country);
}

/** To the nearest micro-dollar, since floats are sent; one that cannot be read allows no price at all. */
export function maxPriceOf(parameters: Parameters): Micros | null {
  const text = given(parameters, 'maxPrice');
  if (text === null) return null;
  return /^\d{1,9}(\.\d*)?$/.test(text) ? BigInt(Math.round(Number(text) * 1e6)) : 0n;
}

/** A whole number within bounds; the default for anything else. */
export function countOf(
  parameters: Parameters,
  name: string,
  limits: { most: number; usual: number },
): number {
  const text = given(parameters, name) ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), limits.most) : limits.usual;
}

/** Multipart where the client says so; anything else is read as a form, whatever it says. */
async function readForm(request: FastifyRequest, reply: FastifyReply): Promise<[string, string][]> {
  if (request.isMultipart()) return readMultipart(request, reply);
  return [...new URLSearchParams(bodyBytes(request).toString())];
}

function once(pairs: [string, string][]): Map<string, string> {
  const values = new Map(pairs);
  if (values.size < pairs.length) throw badRequest('invalid_request');
  return values;
}

/** Fastify's parser makes a list of a repeated parameter. */
function pairsOf(query: unknown): [string, string][] {
  return Object.entries(query as Record<string, string | string[]>).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
}
