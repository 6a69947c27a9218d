import t, { type Test } from 'tap';
import twilio from 'twilio';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../apps/sandbox/app.ts';
import { startReceiver } from './receiver.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const TOKEN = 'token-of-the-account';
const SERVICE = `MG${'2'.repeat(32)}`;
const FROM = '+15005550006';
const TO = '+15551234567';

interface Reply {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

t.test('create answers 201 with strings, RFC 2822 dates and the status of the moment', async (t) => {
  const sandbox = await start(t);
  const { status, body } = await create(sandbox, { To: TO, From: FROM, Body: 'Hello ☺' });
  t.equal(status, 201);
  t.match(body, {
    sid: /^SM[0-9a-f]{32}$/,
    account_sid: ACCOUNT,
    status: 'queued',
    num_segments: '1',
    price: null,
    error_code: null,
    date_sent: null,
    date_created: /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/,
    direction: 'outbound-api',
    from: FROM,
    to: TO,
  });
  t.equal(body.uri, `/2010-04-01/Accounts/${ACCOUNT}/Messages/${body.sid}.json`);

  const viaService = await create(sandbox, { To: TO, MessagingServiceSid: SERVICE, Body: 'Hello' });
  t.match(viaService.body, {
    status: 'accepted',
    num_segments: '0',
    from: null,
    messaging_service_sid: SERVICE,
  });
  await sandbox.control.advance(1);
  const later = await api(sandbox, 'GET', `/Messages/${viaService.body.sid}.json`);
  t.match(later.body, { status: 'sent', num_segments: '1', from: FROM, price: '-0.00790' });
});

t.test('refusals carry code, message, more_info and status', async (t) => {
  const sandbox = await start(t);
  const good = { To: TO, From: FROM, Body: 'Hello' };
  const cases: [string, Record<string, string>, number][] = [
    ['no To', { From: FROM, Body: 'x' }, 21604],
    ['bad To', { ...good, To: '12' }, 21211],
    ['no body', { To: TO, From: FROM }, 21602],
    ['long body', { ...good, Body: 'x'.repeat(1601) }, 21617],
    ['no sender', { To: TO, Body: 'x' }, 21603],
    ['callback host with underscore', { ...good, StatusCallback: 'https://a_b.example.com/' }, 21609],
    ['validity', { ...good, ValidityPeriod: '40000' }, 21624],
    ['schedule without service', { ...good, ScheduleType: 'fixed', SendAt: '2999-01-01T00:00:00Z' }, 35118],
    ['magic To', { ...good, To: '+15005550004' }, 21610],
    ['magic From', { ...good, From: '+15005550007' }, 21606],
  ];
  for (const [name, form, code] of cases) {
    const { status, body } = await create(sandbox, form);
    t.equal(status, 400, name);
    t.match(body, { code, status: 400, more_info: `https://www.twilio.com/docs/errors/${code}` }, name);
    t.type(body.message, 'string');
  }
  t.same(await sandbox.control.messages(), [], 'nothing was made');

  const wrong = await api(sandbox, 'GET', '/Messages.json', undefined, 'wrong');
  t.match(wrong, { status: 401, body: { code: 20003, message: 'Authenticate' } });
  t.match(await api(sandbox, 'GET', `/Messages/SM${'0'.repeat(32)}.json`), {
    status: 404,
    body: { code: 20404 },
  });
  t.match(await api(sandbox, 'GET', '/Nothing.json'), { status: 404, body: { code: 20404 } });
});

t.test('status callbacks are form posts that the official validator accepts', async (t) => {
  const sandbox = await start(t, { sentDelayMs: 0, deliveredDelayMs: 0 });
  const receiver = await startReceiver(t);
  const path = '/callbacks/twilio/x?m=1&s=a%2Fb';
  const { body } = await create(sandbox, {
    To: TO,
    From: FROM,
    Body: 'Hi',
    StatusCallback: `${receiver.url}${path}#rc=2`,
  });
  const posts = await receiver.waitFor(2);
  t.same(posts.map((post) => Object.fromEntries(new URLSearchParams(post.body)).MessageStatus).sort(), [
    'delivered',
    'sent',
  ]);
  for (const post of posts) {
    const fields = Object.fromEntries(new URLSearchParams(post.body));
    t.match(fields, { MessageSid: body.sid, SmsSid: body.sid, To: TO, From: FROM, AccountSid: ACCOUNT });
    t.equal(post.url, path, 'the fragment is not sent');
    t.match(post.headers['content-type'], /^application\/x-www-form-urlencoded/);
    const signature = String(post.headers['x-twilio-signature']);
    t.ok(twilio.validateRequest(TOKEN, signature, receiver.url + path, fields));
    t.notOk(twilio.validateRequest(TOKEN, signature, receiver.url + path, { ...fields, Extra: '1' }));
  }
});

t.test('the official SDK sends, fetches, lists, cancels and deletes', async (t) => {
  const sandbox = await start(t);
  const client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = sandbox.twilioBaseUrl;
  const sent = await client.messages.create({ to: TO, from: FROM, body: 'Hello' });
  t.equal(sent.status, 'queued');
  t.equal((await client.messages(sent.sid).fetch()).body, 'Hello');
  for (let i = 0; i < 4; i += 1)
    await client.messages.create({ to: '+15557654321', from: FROM, body: `n${i}` });
  const listed = await client.messages.list({ to: '+15557654321', pageSize: 2 });
  t.same(
    listed.map(({ body }) => body),
    ['n3', 'n2', 'n1', 'n0'],
    'newest first, over two pages',
  );
  t.same(await client.messages.list({ dateSentAfter: new Date(0) }), [], 'queued messages have no DateSent');
  const sendAt = new Date(Date.now() + 3_600_000);
  const planned = await client.messages.create({
    to: TO,
    messagingServiceSid: SERVICE,
    body: 'later',
    scheduleType: 'fixed',
    sendAt,
  });
  t.equal(planned.status, 'scheduled');
  t.equal((await client.messages(planned.sid).update({ status: 'canceled' })).status, 'canceled');
  await t.rejects(client.messages(sent.sid).remove(), { code: 20009 });
  await sandbox.control.setMessageStatus(sent.sid, 'delivered');
  t.ok(await client.messages(sent.sid).remove());
  await t.rejects(client.messages(sent.sid).update({ body: '' }), { status: 404, code: 20404 });
  await t.rejects(client.messages.create({ to: '+15005550009', from: FROM, body: 'x' }), { code: 21614 });
  t.equal((await client.messages.list({ dateSentAfter: new Date(0) })).length, 0);
});

t.test('each reply fault, with and without the message being accepted', async (t) => {
  const sandbox = await start(t);
  const { control } = sandbox;
  const form = { To: TO, From: FROM, Body: 'Hello' };
  const accepted = async () => (await control.messages()).length;
  let expected = 0;
  for (const commit of [true, false]) {
    await control.addFault({ provider: 'twilio', kind: 'hang', action: 'create', commit });
    await neverAnswered(sandbox, form);
    await control.addFault({ provider: 'twilio', kind: 'reset', action: 'create', commit });
    await t.rejects(create(sandbox, form), { cause: { code: 'ECONNRESET' } });
    await control.addFault({ provider: 'twilio', kind: 'html', action: 'create', commit });
    t.match(await raw(sandbox, form), { status: 500, text: /<html>/ });
    await control.addFault({ provider: 'twilio', kind: 'error-500', action: 'create', commit });
    t.match(await create(sandbox, form), { status: 500, body: { code: 20500 } });
    expected += commit ? 4 : 0;
    t.equal(await accepted(), expected, commit ? 'accepted all the same' : 'not accepted');
  }
  await control.addFault({ provider: 'twilio', kind: 'truncated', action: 'create' });
  t.match(await raw(sandbox, form), { status: 201, text: /^\{"account_sid/ });
  await control.addFault({ provider: 'twilio', kind: 'cut-off', action: 'create' });
  await t.rejects(raw(sandbox, form), 'the connection broke');
  t.equal(await accepted(), expected + 2);

  for (const [kind, status, code] of [
    ['error-503', 503, 20503],
    ['throttled', 429, 20429],
    ['daily-cap', 429, 63038],
    ['unauthenticated', 401, 20003],
    ['suspended', 403, 20005],
  ] as const) {
    await control.addFault({ provider: 'twilio', kind, action: '*', to: TO, retryAfterSeconds: 7 });
    t.equal((await create(sandbox, { ...form, To: '+15550000001' })).status, 201, 'another recipient passes');
    const reply = await create(sandbox, form);
    t.match(reply, { status, body: { code } });
    if (status === 429) t.equal(reply.headers.get('retry-after'), '7');
  }
  await control.addFault({ provider: 'twilio', kind: 'slow', action: 'create', delayMs: 20 });
  t.equal((await create(sandbox, form)).status, 201);
  await control.addFault({
    provider: 'twilio',
    kind: 'refused',
    action: 'create',
    errorCode: 21408,
    skip: 1,
    times: 2,
  });
  const codes = [];
  for (let i = 0; i < 4; i += 1) codes.push((await create(sandbox, form)).body.code ?? 'ok');
  t.same(codes, ['ok', 21408, 21408, 'ok']);
});

t.test('callback faults: none, doubled, reordered, first, forged, another end, held, unlisted', async (t) => {
  const sandbox = await start(t, { sentDelayMs: 0, deliveredDelayMs: 0 });
  const { control } = sandbox;
  const run = async (kind: Parameters<typeof control.addFault>[0]['kind'], count: number, more = {}) => {
    const receiver = await startReceiver(t);
    await control.addFault({ provider: 'twilio', kind, ...more });
    const { body } = await create(sandbox, {
      To: TO,
      From: FROM,
      Body: kind,
      StatusCallback: `${receiver.url}/cb`,
    });
    const before = receiver.received.length;
    const posts = (await receiver.waitFor(count)).map((post) => new URLSearchParams(post.body));
    return {
      receiver,
      sid: String(body.sid),
      before,
      statuses: posts.map((post) => post.get('MessageStatus')),
      posts,
    };
  };
  t.same((await run('callback-doubled', 4)).statuses.sort(), ['delivered', 'delivered', 'sent', 'sent']);
  t.same((await run('callback-reordered', 2)).statuses, ['delivered', 'sent']);
  const first = await run('callback-first', 2);
  t.ok(first.before >= 1, 'the first callback was there before the answer');
  const end = await run('final-status', 2, { status: 'undelivered', errorCode: 30003 });
  t.match(end.posts.find((post) => post.get('MessageStatus') === 'undelivered')?.get('ErrorCode'), '30003');
  const failed = await run('final-status', 1, { status: 'failed', errorCode: 30007 });
  t.same(failed.statuses, ['failed']);
  const forged = await run('callback-forged', 1);
  const [post] = forged.receiver.received;
  const fields = Object.fromEntries(new URLSearchParams(post?.body));
  t.notOk(
    twilio.validateRequest(
      TOKEN,
      String(post?.headers['x-twilio-signature']),
      `${forged.receiver.url}/cb`,
      fields,
    ),
  );

  const held = await run('held', 0);
  await control.setMessageStatus(held.sid, 'sent');
  t.equal(held.receiver.received.length, 1, 'moved and reported on demand');
  const none = await run('callback-none', 0);
  await control.setMessageStatus(none.sid, 'delivered');
  t.equal(none.receiver.received.length, 0);

  const unlisted = await run('unlisted', 2, { delayMs: 60_000 });
  const isListed = async () => {
    const { body } = await api(sandbox, 'GET', '/Messages.json');
    return JSON.stringify(body).includes(unlisted.sid);
  };
  t.equal(await isListed(), false);
  await control.advance(61);
  t.equal(await isListed(), true);
});

async function start(t: Test, delays: Partial<SandboxOptions['twilio']> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    twilio: { accountSid: ACCOUNT, authToken: TOKEN, sentDelayMs: 1000, deliveredDelayMs: 60_000, ...delays },
    smsbower: { apiKey: 'unused' },
  });
  t.teardown(() => sandbox.close());
  return sandbox;
}

/** Gives up once the sandbox has counted the call. */
async function neverAnswered(sandbox: Sandbox, form: Record<string, string>): Promise<void> {
  await sandbox.control.resetCalls();
  const patience = new AbortController();
  const pending = request(sandbox, 'POST', '/Messages.json', form, TOKEN, patience.signal);
  pending.catch(() => {});
  while (!(await sandbox.control.calls())['twilio.create']);
  patience.abort();
  await t.rejects(pending, { name: 'AbortError' });
}

function create(sandbox: Sandbox, form: Record<string, string>): Promise<Reply> {
  return api(sandbox, 'POST', '/Messages.json', form);
}

async function raw(
  sandbox: Sandbox,
  form: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const response = await request(sandbox, 'POST', '/Messages.json', form, TOKEN);
  return { status: response.status, text: await response.text() };
}

async function api(
  sandbox: Sandbox,
  method: string,
  path: string,
  form?: Record<string, string>,
  token = TOKEN,
): Promise<Reply> {
  const response = await request(sandbox, method, path, form, token);
  return {
    status: response.status,
    body: (await response.json()) as Reply['body'],
    headers: response.headers,
  };
}

function request(
  sandbox: Sandbox,
  method: string,
  path: string,
  form: Record<string, string> | undefined,
  token: string,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${sandbox.twilioBaseUrl}/2010-04-01/Accounts/${ACCOUNT}${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT}:${token}`).toString('base64')}` },
    body: form ? new URLSearchParams(form) : undefined,
    signal,
  });
}
