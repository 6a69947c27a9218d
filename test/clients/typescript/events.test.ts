import t from 'tap';
import type { FeedEvent, SmsxClient } from '../../../clients/typescript/src/index.ts';
import { startProxy } from '../../faults/harness/proxy.ts';
import { until } from '../../helpers/until.ts';
import { serve } from './gateway.ts';
import { startTinyServer } from './tiny-server.ts';

const MESSAGE = { to: '+15551234567', message: 'Hello' };
const FOREVER = { maxRetries: Number.POSITIVE_INFINITY };

t.setTimeout(120_000);

t.test('what happens to a partner', async (t) => {
  const { gateway, port, clientOf } = await serve(t);

  await t.test('the feed is followed page by page, and taken up again', async (t) => {
    const client = clientOf(await gateway.newPartner());
    const ids = await delivered(client, 2);
    const pages = client.events.follow({ intervalMs: 50 });
    const seen: FeedEvent[] = [];
    let cursor = '';
    while (seen.length < 4) {
      const { value } = await pages.next();
      seen.push(...value.data);
      cursor = value.next_cursor;
    }
    for (const type of ['message.sent', 'message.delivered']) {
      const heard = seen.filter((event) => event.type === type).map(idOf);
      t.strictSame(heard.sort(), ids.sort(), type);
    }
    await pages.return(undefined as never);
    const [third] = await delivered(client, 1);
    const news = client.events.follow({ after: cursor, types: ['message.delivered'], intervalMs: 50 });
    t.match((await news.next()).value.data, [{ type: 'message.delivered', data: { id: third } }]);
    const one = await client.events.read({ limit: 1, types: ['message.sent'] });
    t.match(one, { data: [{ type: 'message.sent' }], more: true });
    await t.rejects(client.events.read({ after: 'nonsense' }), { code: 'invalid_after', param: 'after' });
  });

  await t.test('a signal ends the following', async (t) => {
    const client = clientOf(await gateway.newPartner());
    const controller = new AbortController();
    const pages = client.events.follow({ signal: controller.signal });
    const next = pages.next().catch((cause: unknown) => cause);
    const reason = new Error('enough');
    controller.abort(reason);
    t.equal(await next, reason);
  });

  await t.test('the stream goes on where it was cut, and nothing is missing or twice', async (t) => {
    const proxy = await startProxy(t, port);
    const partner = await gateway.newPartner();
    const direct = clientOf(partner);
    let opened = 0;
    const through = clientOf(partner, {
      baseUrl: `http://127.0.0.1:${proxy.port}`,
      async fetch(url, init) {
        const response = await fetch(url, init);
        if (String(url).includes('/stream')) opened += 1;
        return response;
      },
    });
    await delivered(direct, 1);
    const controller = new AbortController();
    const stream = through.events.stream({ signal: controller.signal, ...FOREVER });
    const seen: string[] = [];
    const cursors: string[] = [];
    const reading = (async () => {
      for await (const { event, cursor } of stream) {
        if (event.type === 'message.delivered') seen.push(idOf(event));
        cursors.push(cursor);
      }
    })().catch((cause: unknown) => cause);
    await until(async () => opened === 1);
    const first = await delivered(direct, 1);
    await until(async () => seen.length === 1);
    const heal = await proxy.apply({ kind: 'refuse' });
    const missed = await delivered(direct, 2);
    t.equal(seen.length, 1, 'while it is away it hears nothing');
    await heal();
    await until(async () => opened === 2);
    await until(async () => seen.length === 3);
    t.strictSame([...seen].sort(), [...first, ...missed].sort(), 'what happened before it began is not told');
    controller.abort(new Error('enough'));
    t.match(await reading, { message: 'enough' });

    const again = direct.events.stream({ after: cursors[0] ?? '', types: ['message.delivered'] });
    const told = [await again.next(), await again.next(), await again.next()];
    t.strictSame(
      told.map(({ value }) => idOf(value.event)),
      seen,
      'from a cursor that was kept',
    );
    await again.return(undefined as never);
  });
});

t.test('a stream in pieces, with comments, carriage returns and letters that are cut in two', async (t) => {
  const event = { id: 'evt_1', type: 'message.sent', created_at: 'now', data: { reference: 'Ünï' } };
  const bytes = Buffer.from(
    `retry: 1000\n\n: still here\n\nid: c1\nevent: message.sent\ndata: ${JSON.stringify(event)}\n\n` +
      `id:c2\r\ndata:{"id":\r\ndata:"evt_2"}\r\n\r\nevent: without id\ndata: {}\n\nid: c3\ndata: {"id":"cut`,
  );
  let closed = false;
  const server = await startTinyServer(
    t,
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    },
    (response) => {
      response.on('close', () => {
        closed = true;
      });
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .write('id: c3\ndata: {"id":"evt_3"}\n\n');
    },
  );
  const stream = server.client().events.stream({ after: 'c0' });
  const told = [await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value);
  t.match(told, [
    { cursor: 'c1', event },
    { cursor: 'c2', event: { id: 'evt_2' } },
    { cursor: 'c3', event: { id: 'evt_3' } },
  ]);
  await stream.return(undefined as never);
  await until(async () => closed, { what: 'the connection to be given up' });
});

/** Sends so many messages and waits until they are delivered. */
async function delivered({ messages }: SmsxClient, howMany: number): Promise<string[]> {
  const ids: string[] = [];
  for (let sent = 0; sent < howMany; sent += 1) ids.push((await messages.send(MESSAGE)).id);
  for (const id of ids) await until(async () => (await messages.get(id)).status === 'delivered');
  return ids;
}

function idOf({ data }: FeedEvent): string {
  return data && 'id' in data ? data.id : '';
}
