// Stands for the providers, as cheap as can be: no checks, no memory of what it sold. The sandbox app is the true one.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PollBook } from './poll-book.ts';
import { readSpec, say } from './protocol.ts';

const { firstId = 1 } = readSpec<{ firstId?: number }>();
const codes = new Map<string, string>();
const polls = new PollBook();
let delayMs = 0;
let lastId = firstId;
let calls = 0;

const WORDS: Record<string, () => string> = {
  getBalance: () => 'ACCESS_BALANCE:1000000',
  getCountries: () => '{"22":{"id":"22","eng":"India"}}',
  getServicesList: () => '{"status":"success","services":[{"code":"tg","name":"Telegram"}]}',
  getPricesV3: () => '{"22":{"tg":{"1":{"count":1000000,"price":0.3,"provider_id":1}}}}',
  getNumberV2: () => {
    lastId += 1;
    const phone = `9199${String(lastId).padStart(8, '0')}`;
    return `{"activationId":${lastId},"phoneNumber":"${phone}","activationCost":"0.30","countryCode":"22","canGetAnotherSms":1}`;
  },
};
const SET_STATUS: Record<string, string> = {
  '3': 'ACCESS_RETRY_GET',
  '6': 'ACCESS_ACTIVATION',
  '8': 'ACCESS_CANCEL',
};

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    const url = request.url ?? '/';
    if (url.startsWith('/control/')) return control(new URL(url, 'http://127.0.0.1'), response);
    calls += 1;
    const [status, type, body] = answerTo(request, url);
    const send = () => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    };
    // A poll is answered at once: how long a purchase or a send takes says nothing about a look.
    if (delayMs > 0 && !url.includes('action=getStatus')) setTimeout(send, delayMs);
    else send();
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say({ event: 'ready', port: typeof address === 'object' && address ? address.port : 0 });
});

function answerTo(request: IncomingMessage, url: string): [number, string, string] {
  if (request.method === 'POST') return [201, 'application/json', createMessage()];
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const action = query.get('action') ?? '';
  const id = query.get('id') ?? '';
  if (action === 'getStatus') {
    polls.note(id, performance.now());
    const code = codes.get(id);
    return [200, 'text/plain', code === undefined ? 'STATUS_WAIT_CODE' : `STATUS_OK:${code}`];
  }
  if (action === 'setStatus')
    return [200, 'text/plain', SET_STATUS[query.get('status') ?? ''] ?? 'BAD_STATUS'];
  return [200, 'text/plain', WORDS[action]?.() ?? 'BAD_ACTION'];
}

function createMessage(): string {
  lastId += 1;
  const sid = `SM${lastId.toString(16).padStart(32, '0')}`;
  const now = new Date().toUTCString().replace('GMT', '+0000');
  return JSON.stringify({
    account_sid: 'AC00000000000000000000000000000001',
    api_version: '2010-04-01',
    body: 'Your verification code is 123456',
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: '+15005550006',
    messaging_service_sid: null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status: 'queued',
    subresource_uris: { media: `/2010-04-01/Messages/${sid}/Media.json` },
    to: '+15551234567',
    uri: `/2010-04-01/Messages/${sid}.json`,
  });
}

function control({ pathname, searchParams }: URL, response: ServerResponse): void {
  if (pathname === '/control/delay') delayMs = Number(searchParams.get('ms'));
  if (pathname === '/control/code') codes.set(searchParams.get('id') ?? '', searchParams.get('code') ?? '');
  if (pathname === '/control/polls/reset') polls.clear(performance.now());
  const body = JSON.stringify(pathname === '/control/polls' ? polls.summary(performance.now()) : { calls });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
