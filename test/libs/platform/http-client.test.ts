import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createHttpClient, type HttpClient, type HttpRequest } from '#libs/platform';

const SECRET = 'key-that-must-stay-inside';

interface Listener {
  url: string;
  connections: number;
  requests: string[];
}

t.test('a response comes whole, with lower-case headers and without following redirects', async (t) => {
  const server = await listen(t, (_request, response) => {
    response.writeHead(302, { Location: '/elsewhere', 'X-Many': ['a', 'b'] });
    response.end('números');
  });
  const result = await client(t).request({ method: 'GET', url: `${server.url}/a?b=1` });
  t.match(result, {
    kind: 'response',
    status: 302,
    body: 'números',
    headers: { location: '/elsewhere', 'x-many': 'a, b' },
  });
  t.same(server.requests, ['GET /a?b=1 ']);
});

t.test('a body is sent once', async (t) => {
  const server = await listen(t, (_request, response) => response.end('ok'));
  await client(t).request({ method: 'POST', url: server.url, body: 'To=1', headers: { 'X-A': 'b' } });
  t.same(server.requests, ['POST / To=1']);
});

t.test('not_sent: failures before a connection exists', async (t) => {
  const http = client(t, { connectTimeoutMs: 300 });
  const cases: [string, string, string][] = [
    ['a refused port', `http://127.0.0.1:${await closedPort()}`, 'refused'],
    [
      'a TLS handshake that never answers',
      (await listenTcp(t, () => {})).replace('http:', 'https:'),
      'connect_timeout',
    ],
    [
      'a TLS handshake that is reset',
      (await listenTcp(t, (socket) => socket.on('data', () => socket.resetAndDestroy()))).replace(
        'http:',
        'https:',
      ),
      'tls',
    ],
    [
      'a server that speaks no TLS',
      (
        await listenTcp(t, (socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')))
      ).replace('http:', 'https:'),
      'tls',
    ],
    ['a URL that is none', 'no url at all', 'invalid_url'],
    ['another scheme', 'ftp://127.0.0.1/', 'invalid_url'],
  ];
  for (const [name, url, detail] of cases) {
    for (const freshConnection of [false, true]) {
      const result = await http.request({ method: 'GET', url: `${url}/?api_key=${SECRET}`, freshConnection });
      t.same(result, { kind: 'not_sent', detail }, `${name}, fresh: ${freshConnection}`);
    }
  }
});

t.test('unknown: everything that goes wrong once a connection exists', async (t) => {
  const http = client(t, { headersTimeoutMs: 300, bodyTimeoutMs: 300, bodyLimitBytes: 100 });
  const raw = (text: string, then: (socket: Socket) => void = (socket) => socket.end()) =>
    listenTcp(t, (socket) => socket.once('data', () => socket.write(text, () => then(socket))));
  const head = 'HTTP/1.1 200 OK\r\n';
  const cases: [string, string, string][] = [
    ['no answer at all', await listenTcp(t, () => {}), 'headers_timeout'],
    [
      'reset after the request',
      await listenTcp(t, (socket) => socket.once('data', () => socket.resetAndDestroy())),
      'reset',
    ],
    [
      'closed without a word',
      await listenTcp(t, (socket) => socket.once('data', () => socket.end())),
      'reset',
    ],
    ['half the headers, then silence', await raw(`${head}Content-`, () => {}), 'headers_timeout'],
    ['not HTTP', await raw('220 mail.example ESMTP\r\n'), 'malformed'],
    ['a body cut short', await raw(`${head}Content-Length: 50\r\n\r\nhalf`), 'truncated'],
    [
      'a chunked body cut short',
      await raw(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`),
      'truncated',
    ],
    [
      'a body reset',
      await raw(`${head}Content-Length: 50\r\n\r\nhalf`, (socket) => socket.resetAndDestroy()),
      'truncated',
    ],
    ['a body that stops', await raw(`${head}Content-Length: 50\r\n\r\nhalf`, () => {}), 'body_timeout'],
    ['a body that drips', await raw(`${head}Content-Length: 99\r\n\r\n`, drip), 'body_timeout'],
    [
      'a body over the cap',
      await raw(`${head}Content-Length: 101\r\n\r\n${'x'.repeat(101)}`),
      'body_too_large',
    ],
    [
      'an encoded body',
      await raw(`${head}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab`),
      'encoded_body',
    ],
  ];
  for (const [name, url, detail] of cases) {
    const results = await Promise.all(
      [false, true].map((freshConnection) =>
        http.request({ method: 'GET', url: `${url}/?api_key=${SECRET}`, freshConnection }),
      ),
    );
    t.same(
      results,
      [
        { kind: 'unknown', detail },
        { kind: 'unknown', detail },
      ],
      name,
    );
  }
});

t.test('an answered connection is used again, unless a fresh one is asked for', async (t) => {
  const server = await listen(t, (_request, response) => response.end('ok'));
  const http = client(t);
  await http.request({ method: 'GET', url: server.url });
  await setImmediate();
  await http.request({ method: 'GET', url: server.url });
  t.equal(server.connections, 1);
  await http.request({ method: 'GET', url: server.url, freshConnection: true });
  await http.request({ method: 'GET', url: server.url, freshConnection: true });
  t.equal(server.connections, 3);
});

t.test('a request lost on a reused connection is not sent again', async (t) => {
  const server = await listen(t, (request, response) => {
    if (request.url === '/second') request.socket.resetAndDestroy();
    else response.end('ok');
  });
  const http = client(t);
  t.match(await http.request({ method: 'GET', url: `${server.url}/first` }), { kind: 'response' });
  await setImmediate();
  t.same(await http.request({ method: 'GET', url: `${server.url}/second` }), {
    kind: 'unknown',
    detail: 'reset',
  });
  t.match(await http.request({ method: 'GET', url: `${server.url}/third` }), { kind: 'response' });
  t.same(server.requests, ['GET /first ', 'GET /second ', 'GET /third ']);
  t.equal(server.connections, 2);
});

t.test('concurrent requests do not wait for each other', async (t) => {
  const held: ServerResponse[] = [];
  const server = await listen(t, (_request, response) => {
    held.push(response);
    if (held.length === 20) for (const each of held) each.end('ok');
  });
  const http = client(t);
  const request: HttpRequest = { method: 'GET', url: server.url };
  const results = await Promise.all(Array.from({ length: 20 }, () => http.request(request)));
  t.ok(results.every((result) => result.kind === 'response'));
});

t.test('close waits for what is running and refuses what comes later', async (t) => {
  let release = () => {};
  const server = await listen(t, (_request, response) => {
    release = () => response.end('ok');
    arrived();
  });
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const http = createHttpClient(DEFAULTS);
  const running = http.request({ method: 'GET', url: server.url });
  await arrival;
  const closing = http.close();
  t.same(await http.request({ method: 'GET', url: server.url }), {
    kind: 'not_sent',
    detail: 'client_closed',
  });
  release();
  t.match(await running, { kind: 'response', body: 'ok' });
  await closing;
});

const DEFAULTS = {
  connectTimeoutMs: 2000,
  headersTimeoutMs: 5000,
  bodyTimeoutMs: 5000,
  bodyLimitBytes: 1_000_000,
};

function client(t: Test, overrides: Partial<typeof DEFAULTS> = {}): HttpClient {
  const http = createHttpClient({ ...DEFAULTS, ...overrides });
  t.teardown(() => http.close());
  return http;
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('x'), 50);
  socket.on('close', () => clearInterval(timer));
}

async function listen(
  t: Test,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const listener: Listener = { url: '', connections: 0, requests: [] };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    listener.requests.push(`${request.method} ${request.url} ${body}`);
    handler(request, response);
  });
  server.on('connection', () => {
    listener.connections += 1;
  });
  listener.url = await start(server);
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return listener;
}

async function listenTcp(t: Test, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  const url = await start(server);
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return url;
}

async function start(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = Number(new URL(await start(server)).port);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
