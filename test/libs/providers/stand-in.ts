import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Test } from 'tap';

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

export type Behaviour =
  | Reply
  | 'hang'
  | 'reset'
  | 'close'
  | 'truncate'
  | ((request: RecordedRequest) => Behaviour);

export interface RecordedRequest {
  method: string;
  url: URL;
  headers: Record<string, unknown>;
  body: string;
}

/** A provider's place on the network, doing to each request what it was last told. */
export interface StandIn {
  url: string;
  requests: RecordedRequest[];
  connections: number;
  behaves(behaviour: Behaviour): void;
}

export async function startStandIn(t: Test): Promise<StandIn> {
  let behaviour: Behaviour = 'close';
  const server = createServer(async (request, response) => {
    const recorded = await record(request, standIn.url);
    standIn.requests.push(recorded);
    act(behaviour, recorded, response);
  });
  server.on('connection', () => {
    standIn.connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    connections: 0,
    behaves(next) {
      behaviour = next;
    },
  };
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return standIn;
}

/** An address where nothing listens. */
export async function refusedUrl(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function record(request: IncomingMessage, base: string): Promise<RecordedRequest> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const url = new URL(request.url ?? '/', base);
  return { method: request.method ?? '', url, headers: request.headers, body };
}

function act(behaviour: Behaviour, request: RecordedRequest, response: ServerResponse): void {
  if (typeof behaviour === 'function') {
    act(behaviour(request), request, response);
    return;
  }
  const { socket } = response;
  switch (behaviour) {
    case 'hang':
      return;
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'close':
      socket?.end();
      return;
    case 'truncate':
      response.writeHead(200, { 'Content-Length': '5000' });
      response.write('{"sid":"SM', () => socket?.end());
      return;
    default:
      response.writeHead(behaviour.status, { 'Content-Type': 'text/html', ...behaviour.headers });
      response.end(behaviour.body);
  }
}
