import type { FastifyRequest } from 'fastify';
import type { Config } from '#libs/platform';

/** A name or address with an optional port, and nothing that could mean more in a page or in a shell. */
const PLAIN_HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/** PUBLIC_BASE_URL, else how this request came here; forwarded headers count only behind a trusted proxy. */
export function baseUrlOf(config: Pick<Config, 'publicBaseUrl'>, request: FastifyRequest): string {
  if (config.publicBaseUrl !== null) return config.publicBaseUrl;
  const host = PLAIN_HOST.test(request.host) ? request.host : 'localhost';
  return `${request.protocol === 'https' ? 'https' : 'http'}://${host}`;
}
