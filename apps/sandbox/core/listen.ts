import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

const TRIES = 20;

export interface ListenOptions {
  host?: string;
  port?: number;
  portFallback?: boolean;
}

/** Listens, on the next free port when allowed. Returns the URL by which the listener is reached. */
export async function listen(
  app: FastifyInstance,
  { host = '127.0.0.1', port = 0, portFallback = false }: ListenOptions,
): Promise<{ url: string; port: number }> {
  const last = portFallback && port !== 0 ? port + TRIES : port;
  for (let candidate = port; ; candidate += 1) {
    try {
      await app.listen({ host, port: candidate });
      break;
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || candidate >= last) throw error;
    }
  }
  const address = app.server.address() as AddressInfo;
  return { url: `http://${reachable(host)}:${address.port}`, port: address.port };
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
