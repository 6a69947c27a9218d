import type { FastifyRequest } from 'fastify';
import { ControlError } from './errors.ts';

/** The JSON object that a control request carries. */
export function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const body = request.body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new ControlError(400, 'Send a JSON object with Content-Type: application/json.');
}
