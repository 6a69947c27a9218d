import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, SmsxClient } from '../../../clients/typescript/src/index.ts';
import type { Teardown } from '../../helpers/services.ts';

export interface TinyRequest {
  headers: IncomingHttpHeaders;
  body: string;
  atMs: number;
}

export type TinyAnswer = (response: ServerResponse) => void;

export interface TinyServer {
  requests: TinyRequest[];
  client(options?: Partial<ClientOptions>): SmsxClient;
}

/** A server that gives these answers one after the other, the last one for ever. */
export async function startTinyServer(t: Teardown, ...answers: TinyAnswer[]): Promise<TinyServer> {
  const requests: TinyRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    requests.push({ headers: request.headers, body, atMs: performance.now() });
    answers[Math.min(requests.length, answers.length) - 1]?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    client: (options = {}) =>
      new SmsxClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: 'smsx_live_1', ...options }),
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): TinyAnswer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function html(status: number): TinyAnswer {
  return (response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>');
}

/** Problem details as the gateway has them. */
export function problem(
  status: number,
  code: string,
  retryable: boolean,
  more: Record<string, unknown> = {},
) {
  return { status, code, retryable, title: code, detail: `${code} it is`, request_id: 'request-1', ...more };
}
