import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { WebhookClientOptions } from '#libs/platform';
import { selfSigned } from '../../scripts/lib/self-signed.mjs';
import type { Teardown } from './services.ts';

export interface ReceivedWebhook {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  json: { type: string; id: string; created_at: string; data: Record<string, unknown> };
}

type Answer = number | ((response: ServerResponse) => void);

export interface WebhookReceiver {
  port: number;
  url(path: string, host?: string): string;
  /** What was received at a path, oldest first. */
  at(path: string): ReceivedWebhook[];
  /** The next answers at a path; afterwards, and without any, it is 200. */
  answer(path: string, ...answers: Answer[]): void;
  /** Host names lead here, and its certificate is trusted; the private host leads to an address that is refused. */
  reach: WebhookClientOptions;
}

export const RECEIVER_HOST = 'hooks.partner.test';
export const OTHER_HOST = 'other.partner.test';
export const PRIVATE_HOST = 'private.partner.test';

/** A partner's https endpoint on this machine. */
export async function startWebhookReceiver(t: Teardown): Promise<WebhookReceiver> {
  const { cert, key } = selfSigned([RECEIVER_HOST, OTHER_HOST]);
  const received: ReceivedWebhook[] = [];
  const planned = new Map<string, Answer[]>();
  const server = createServer({ cert, key }, async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const path = request.url ?? '';
    received.push({ path, headers: request.headers, body, json: body ? JSON.parse(body) : {} });
    const answer = planned.get(path)?.shift() ?? 200;
    if (typeof answer === 'function') answer(response);
    else response.writeHead(answer, { location: '/redirected' }).end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path, host = RECEIVER_HOST) => `https://${host}:${port}${path}`,
    at: (path) => received.filter((entry) => entry.path === path),
    answer: (path, ...answers) => planned.set(path, answers),
    reach: {
      resolve: async (host) => [host === PRIVATE_HOST ? '10.0.0.1' : '127.0.0.1'],
      isAllowed: (address) => address === '127.0.0.1',
      ca: cert,
    },
  };
}
