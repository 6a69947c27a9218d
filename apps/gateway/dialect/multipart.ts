import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '#libs/domain';
import { badRequest } from '../plugins/errors.ts';

/** No client sends more than a dozen parameters. */
const MOST_PARTS = 50;

/**
 * For the routes of this scope alone, and of those for the ones with `takesMultipart`: elsewhere a body is bytes.
 * A field can be as long as the body, as in a form.
 */
export async function registerMultipart(scope: FastifyInstance): Promise<void> {
  const { bodyLimit } = scope.initialConfig;
  await scope.register(multipart, {
    limits: { files: 0, parts: MOST_PARTS, ...(bodyLimit === undefined ? {} : { fieldSize: bodyLimit }) },
  });
}

/**
 * The fields of a multipart body in their order. Throws `payload_too_large` above the body limit of the server, and
 * `invalid_request` for a file, too many parts, or what is no multipart body.
 */
export async function readMultipart(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<[string, string][]> {
  try {
    return await Promise.race([fieldsOf(request), tooLarge(request)]);
  } catch (error) {
    // The rest of the body is not waited for.
    reply.header('connection', 'close');
    throw error instanceof PublicError ? error : badRequest('invalid_request');
  }
}

async function fieldsOf(request: FastifyRequest): Promise<[string, string][]> {
  const fields: [string, string][] = [];
  for await (const part of request.parts()) {
    // A value is no string when the part calls itself JSON.
    if (part.type === 'file' || typeof part.value !== 'string') {
      throw badRequest('invalid_request');
    }
    fields.push([part.fieldname, part.value]);
  }
  return fields;
}

/** Never more than a rejection. Fastify counts only what it reads itself, and the parser only what is in a part. */
function tooLarge({ raw, routeOptions }: FastifyRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    let left = routeOptions.bodyLimit;
    raw.on('data', (chunk: Buffer) => {
      left -= chunk.byteLength;
      if (left < 0) reject(new PublicError('payload_too_large'));
    });
  });
}
