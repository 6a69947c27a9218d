import { request as httpRequest, type IncomingMessage } from 'node:http';
import t from 'tap';
import { messageSubject } from '#libs/cache';
import { eraseOldEvents } from '#libs/store';
import { readyMessages } from '../../../helpers/message-rows.ts';
import { until } from '../../../helpers/until.ts';
import { startTestGateway, type TestGateway, type TestPartner } from '../gateway.ts';

t.test('the feed', async (t) => {
  const gateway = await startTestGateway(t);
  const list = reader(gateway);
  const ids = await sentMessages(gateway, gateway.main, 5);
  await sentMessages(gateway, await gateway.newPartner(), 2);

  const whole = await untilListed(list, '', 5);
  t.same(whole.data.map(({ data }) => data?.id).sort(), [...ids].sort(), 'their own, and nobody else’s');
  t.match(whole.data[0], { id: /^evt_/, type: 'message.sent', created_at: /Z$/, data: { status: 'sent' } });
  const first = await list('limit=2');
  t.match(first, { ok: true, more: true });
  const rest = await list(`after=${first.next_cursor}`);
  t.same([...first.data, ...rest.data], whole.data, 'no event twice, none skipped');
  t.match(await list(`after=${rest.next_cursor}`), { data: [], next_cursor: rest.next_cursor, more: false });

  const { next_cursor: latest } = await list('after=latest');
  const [id] = ids;
  await gateway.ctx.db.query(`UPDATE messages SET state = 'delivered' WHERE id = $1`, [id]);
  const news = await untilListed(list, `after=${latest}`, 1);
  t.match(news.data, [{ type: 'message.delivered', data: { id, status: 'delivered' } }]);
  const filtered = await list('types=message.delivered,message.failed');
  t.same(filtered.data, news.data);
  t.same((await list('types=activation.active')).data, []);
  t.match((await list('limit=1')).data, [{ type: 'message.sent', data: {} }], 'data is as it is now');

  for (const [query, code] of [
    ['after=nonsense', 'invalid_after'],
    [`after=${Buffer.from('1,99999999999999999999').toString('base64url')}`, 'invalid_after'],
    ['types=message.read', 'invalid_types'],
    ['limit=101', 'invalid_limit'],
  ]) {
    t.match(await list(query ?? ''), { status: 400, code });
  }
  const sender = await gateway.newPartner({ scopes: ['send'] });
  for (const url of ['/v1/events', '/v1/events/stream']) {
    t.equal((await gateway.call({ url, headers: { 'x-api-key': sender.secret } })).statusCode, 403, url);
    t.equal((await gateway.call({ url, method: 'POST' })).statusCode, 405, url);
    t.equal((await gateway.call({ url, headers: { 'x-api-key': 'wrong' } })).statusCode, 401, url);
  }
});

t.test('a place behind which events were forgotten is refused', async (t) => {
  const gateway = await startTestGateway(t, {}, { streamLifetimeMs: 500 });
  const list = reader(gateway);
  const { db } = gateway.ctx;
  await sentMessages(gateway, gateway.main, 3);
  const start = await list('limit=1');
  const last = await untilListed(list, `after=${start.next_cursor}`, 2);
  await db.query(`UPDATE events SET created_at = now() - interval '31 days' WHERE id <= $1`, [
    last.data[0]?.id.slice('evt_'.length),
  ]);
  t.equal(await eraseOldEvents(db, { days: 30, limit: 100 }), 2);

  const gone = await list(`after=${start.next_cursor}`);
  t.match(gone, { status: 410, code: 'cursor_expired', retryable: false });
  const stream = { url: '/v1/events/stream', headers: { 'last-event-id': start.next_cursor } };
  const refused = await gateway.call(stream);
  t.equal(refused.statusCode, 410);
  t.match(refused.json(), { code: 'cursor_expired' });
  t.same((await list('')).data, last.data.slice(1), 'whoever begins anew is given what is kept');
  t.match(
    await list(`after=${last.next_cursor}`),
    { ok: true, data: [] },
    'a place behind all of them still holds',
  );
  const neighbour = await gateway.newPartner();
  const theirs = await gateway.call({
    url: `/v1/events?after=${start.next_cursor}`,
    headers: { 'x-api-key': neighbour.secret },
  });
  t.equal(theirs.statusCode, 200, 'each owner has its own');
});

t.test('the stream tells each event as it happens, and goes on from Last-Event-ID', async (t) => {
  const gateway = await startTestGateway(t, {}, { streamLifetimeMs: 20_000 });
  const streams = await listening(t, gateway);
  await sentMessages(gateway, gateway.main, 1);
  const stream = await streams.open({});
  t.equal(stream.response.statusCode, 200);
  t.match(stream.response.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const other = await streams.open({}, await gateway.newPartner());
  const ids = await sentMessages(gateway, gateway.main, 3);
  await gateway.ctx.replies.announce(messageSubject(ids[0] ?? ''));
  const told = await stream.events(3);
  t.same(told.map(({ data }) => data.data.id).sort(), [...ids].sort(), 'what happened before is not told');
  t.match(told[0], { event: 'message.sent', data: { id: /^evt_/, type: 'message.sent' } });
  t.equal(other.text().includes('event:'), false, 'another partner hears nothing');
  stream.response.destroy();

  const again = await streams.open({ 'last-event-id': told[0]?.id ?? '' });
  t.same(
    (await again.events(2)).map(({ id }) => id),
    told.slice(1).map(({ id }) => id),
  );
  const filtered = await streams.open({}, gateway.main, '?types=message.delivered');
  await gateway.ctx.db.query(`UPDATE messages SET state = 'delivered' WHERE id = $1`, [ids[0]]);
  t.match(await filtered.events(1), [{ event: 'message.delivered' }]);
  t.match(await again.events(3), [{}, {}, { event: 'message.delivered' }]);

  const refused = await streams.open({ 'last-event-id': 'nonsense' });
  t.equal(refused.response.statusCode, 400);
  t.match(await refused.end(), /invalid_last_event_id/);
  const head = await gateway.call({ method: 'HEAD', url: '/v1/events/stream' });
  t.equal(head.statusCode, 200);
});

t.test('no more streams of a key than five; they end by themselves, and on drain', async (t) => {
  let draining = false;
  const gateway = await startTestGateway(t, {}, { streamLifetimeMs: 20_000, isDraining: () => draining });
  const streams = await listening(t, gateway);
  const open = await Promise.all(Array.from({ length: 5 }, () => streams.open({})));
  t.ok(open.every(({ response }) => response.statusCode === 200));
  const sixth = await streams.open({});
  t.equal(sixth.response.statusCode, 429);
  t.match(await sixth.end(), /too_many_streams/);
  const neighbour = await streams.open({}, await gateway.newPartner());
  t.equal(neighbour.response.statusCode, 200, 'another key has its own');
  open[0]?.response.destroy();
  await until(async () => (await streams.open({})).response.statusCode === 200, { what: 'a place' });
  draining = true;
  for (const stream of [neighbour, ...open.slice(1)]) await stream.end();
  t.pass('all of them ended');
  t.equal((await streams.open({})).response.statusCode, 503);

  const short = await startTestGateway(t);
  const reply = await short.call({ url: '/v1/events/stream' });
  t.equal(reply.statusCode, 200, 'it ends when its time is over');
  t.match(reply.body, /^retry: 1000\n/);
});

interface Listed {
  data: { id: string; type: string; data: Record<string, unknown> | null }[];
  next_cursor: string;
  more: boolean;
}

function reader(gateway: TestGateway) {
  return async (query: string): Promise<Listed> =>
    (await gateway.call({ url: `/v1/events?${query}` })).json();
}

/** Other databases of the cluster may have older transactions, which are waited for. */
function untilListed(
  list: (query: string) => Promise<Listed>,
  query: string,
  count: number,
): Promise<Listed> {
  return until(async () => {
    const page = await list(query);
    return page.data.length === count && page;
  });
}

async function sentMessages({ ctx }: TestGateway, { userId }: TestPartner, count: number): Promise<string[]> {
  const ids = (await readyMessages(ctx.db, count, { owner: `u:${userId}` })).map(({ id }) => id);
  await ctx.db.query(`UPDATE messages SET state = 'sent' WHERE id = ANY($1::uuid[])`, [ids]);
  // Behind the horizon, so that what comes now is told apart from it.
  await until(async () => {
    const { rows } = await ctx.db.query<{ open: boolean }>(
      'SELECT bool_or(position >= event_horizon()) AS open FROM events',
    );
    return rows[0]?.open === false;
  });
  return ids;
}

/** The gateway on a port, for replies that do not end. */
async function listening(t: { teardown(end: () => unknown): unknown }, gateway: TestGateway) {
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    async open(headers: Record<string, string>, { secret } = gateway.main, query = '') {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const options = { headers: { 'x-api-key': secret, ...headers }, agent: false };
        httpRequest(`${url}/v1/events/stream${query}`, options, resolve).on('error', reject).end();
      });
      t.teardown(() => response.destroy());
      let text = '';
      let ended = false;
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response
        .on('error', () => undefined)
        .on('end', () => {
          ended = true;
        });
      return {
        response,
        text: () => text,
        end: () => until(async () => ended && text, { what: 'the end of a stream' }),
        events: (count: number) =>
          until(async () => eventsIn(text).length >= count && eventsIn(text), { what: `${count} events` }),
      };
    },
  };
}

function eventsIn(text: string) {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
      );
      return {
        id: fields.get('id') ?? '',
        event: fields.get('event'),
        data: JSON.parse(fields.get('data') ?? '{}') as { id: string; type: string; data: { id: string } },
      };
    });
}
