import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads `multipart/form-data` by itself. */
    takesMultipart?: true;
  }
}

const MAX_DEPTH = 32;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Bodies are taken as bytes whatever their Content-Type says, or when it says nothing. */
export function registerBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    (_request: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void) => done(null, body),
  );
  app.addHook('onRequest', (request, _reply, done) => {
    if (!bringsMultipart(request)) request.raw.headers['content-type'] = 'application/octet-stream';
    done();
  });
}

function bringsMultipart({ routeOptions, raw }: FastifyRequest): boolean {
  if (!routeOptions.config.takesMultipart) return false;
  return /^multipart\/form-data\s*(;|$)/i.test(raw.headers['content-type'] ?? '');
}

/** The bytes of the body; none when there was no body. */
export function bodyBytes(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** The body as a JSON object, or `invalid_json`. */
export function readJsonObject(request: FastifyRequest): Record<string, unknown> {
  const value = parse(bodyBytes(request));
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isHarmless(value)) {
    throw badRequest('invalid_json');
  }
  return value as Record<string, unknown>;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch {
    throw badRequest('invalid_json');
  }
}

/** Neither deep enough to exhaust a stack nor able to reach a prototype. */
function isHarmless(root: object): boolean {
  let level: object[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= MAX_DEPTH || level.some((value) => Object.hasOwn(value, '__proto__'))) return false;
    level = level.flatMap((value) =>
      Object.values(value).filter((child): child is object => typeof child === 'object' && child !== null),
    );
  }
  return true;
}
