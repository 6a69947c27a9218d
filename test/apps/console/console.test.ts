import t from 'tap';
import { smsSendJob } from '#libs/jobs';
import { createOperator } from '#libs/services';
import { listAudit } from '#libs/store';
import { createPartner, createTestPartner } from '../../helpers/partner.ts';
import { startSystem } from '../../helpers/system.ts';
import { browserOf, csrfOf, form, HOST, PASSWORD, signIn, startTestConsole } from './console.ts';

const PAGES = ['/', '/messages', '/activations', '/partners', '/providers', '/invariants'];

t.test('without a session there is nothing but the sign-in page and its assets', async (t) => {
  const { app } = await startTestConsole(t);
  const ask = browserOf(app);
  for (const url of [
    ...PAGES,
    '/queues',
    '/queues/',
    '/queues/queue/sms-send',
    '/messages/1',
    '/activations/1',
  ]) {
    const reply = await ask({ url });
    t.equal(reply.statusCode, 303, url);
    t.equal(reply.headers.location, `/sign-in?next=${encodeURIComponent(url)}`);
  }
  t.equal(
    (await ask({ url: '/queues/api/queues', headers: { accept: 'application/json' } })).statusCode,
    401,
  );
  t.equal((await ask({ method: 'PUT', url: '/queues/api/queues/pause' })).statusCode, 401);
  t.equal((await ask({ method: 'POST', url: '/sign-out', ...form({ csrf: 'x' }) })).statusCode, 401);
  for (const url of ['/assets/console.css', '/assets/console.js'])
    t.equal((await ask({ url })).statusCode, 200);
  const forged = await ask({ url: '/', headers: { cookie: `smsx_session=${'a'.repeat(43)}` } });
  t.equal(forged.statusCode, 303);
});

t.test('the first operator is asked for where there is none', async (t) => {
  const { app } = await startTestConsole(t, { withOperators: false });
  const { body } = await browserOf(app)({ url: '/sign-in' });
  t.match(body, 'npm run smsx -- operator create --name');
  t.notMatch(body, 'name="password"');
});

t.test('signing in and out', async (t) => {
  const { app, db } = await startTestConsole(t);
  const ask = browserOf(app);
  const reply = await signIn(ask, { next: '/messages?state=failed' });
  t.equal(reply.statusCode, 303);
  t.equal(reply.headers.location, '/messages?state=failed');
  const cookie = reply.cookies.find(({ name }) => name === 'smsx_session');
  t.match(cookie, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: 43_200, value: /^[\w-]{43}$/ });

  const page = await ask({ url: '/' });
  t.equal(page.statusCode, 200);
  t.match(page.body, /alice <small>admin/);
  const noToken = await ask({ method: 'POST', url: '/sign-out', ...form({ csrf: 'wrong' }) });
  t.equal(noToken.statusCode, 403);
  t.equal((await ask({ url: '/' })).statusCode, 200, 'still signed in');
  const out = await ask({ method: 'POST', url: '/sign-out', ...form({ csrf: csrfOf(page.body) }) });
  t.equal(out.headers.location, '/sign-in');
  const replayed = await ask({ url: '/', headers: { cookie: `smsx_session=${cookie?.value}` } });
  t.equal(replayed.statusCode, 303, 'the session has ended on the server, too');

  const audit = (await listAudit(db, 10)).map(({ action, subject }) => `${action} ${subject}`);
  t.same(audit.slice(0, 2), ['operator.signed_out alice', 'operator.signed_in alice']);
});

t.test('a session never leads to another site', async (t) => {
  const { app } = await startTestConsole(t);
  for (const next of [
    '//evil.example/',
    '/\\evil.example',
    'https://evil.example',
    '/sign-out',
    'javascript:x',
  ]) {
    t.equal((await signIn(browserOf(app), { next })).headers.location, '/', next);
  }
});

t.test('every failure to sign in looks the same, and is written down without the name', async (t) => {
  const { app, db } = await startTestConsole(t);
  const seen = new Set<string>();
  for (const fields of [
    { password: 'wrong password here' },
    { name: 'nobody' },
    { name: 'nobody', password: '' },
  ]) {
    const reply = await signIn(browserOf(app), fields);
    t.equal(reply.statusCode, 401);
    t.notOk(reply.cookies.some(({ name }) => name === 'smsx_session'));
    seen.add(reply.body.replace(/value="[^"]*"/g, ''));
  }
  t.equal(seen.size, 1);
  const subjects = (await listAudit(db, 3)).map(({ action, subject }) => `${action} ${subject}`);
  t.same(subjects.sort(), [
    'operator.sign_in_failed (unknown name)',
    'operator.sign_in_failed (unknown name)',
    'operator.sign_in_failed alice',
  ]);
});

t.test('guessing is slowed down, for the right password too', async (t) => {
  const { app } = await startTestConsole(t);
  const ask = browserOf(app);
  const statuses: number[] = [];
  for (let i = 0; i < 11; i += 1)
    statuses.push((await signIn(ask, { password: `guess number ${i}` })).statusCode);
  t.same(statuses, [...Array(10).fill(401), 429]);
  const right = await signIn(ask);
  t.equal(right.statusCode, 429);
  t.notOk(right.cookies.some(({ name }) => name === 'smsx_session'));
});

t.test('a request from elsewhere changes nothing', async (t) => {
  const { app } = await startTestConsole(t);
  const ask = browserOf(app);
  const csrf = csrfOf((await ask({ url: '/sign-in' })).body);
  const fields = form({ name: 'alice', password: PASSWORD, csrf });
  const foreign = [
    { origin: 'http://evil.example' },
    { origin: `https://${HOST}` },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const reply = await ask({
      method: 'POST',
      url: '/sign-in',
      ...fields,
      headers: { ...fields.headers, ...headers },
    });
    t.equal(reply.statusCode, 403, JSON.stringify(headers));
  }
  const noProof = { host: HOST, accept: 'text/html', ...fields.headers };
  const silent = await app.inject({
    method: 'POST',
    url: '/sign-in',
    payload: fields.payload,
    headers: noProof,
  });
  t.equal(silent.statusCode, 403, 'neither Origin nor Sec-Fetch-Site');
  const noCsrf = await ask({
    method: 'POST',
    url: '/sign-in',
    ...form({ name: 'alice', password: PASSWORD, csrf: 'x' }),
  });
  t.equal(noCsrf.statusCode, 403);
});

t.test('behind a trusted proxy that ends TLS, cookies are bound to https and the host', async (t) => {
  const { app } = await startTestConsole(t, { env: { TRUST_PROXY: '127.0.0.1' } });
  const https = browserOf(app, { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ops.example.com' });
  const csrf = csrfOf((await https({ url: '/sign-in' })).body);
  const fields = form({ name: 'alice', password: PASSWORD, csrf });
  const headers = { ...fields.headers, origin: 'https://ops.example.com' };
  const reply = await https({ method: 'POST', url: '/sign-in', ...fields, headers });
  t.equal(reply.statusCode, 303);
  t.match(
    reply.cookies.find(({ name }) => name === '__Host-smsx_session'),
    { secure: true, httpOnly: true, sameSite: 'Strict', path: '/', domain: undefined },
  );
  t.equal((await https({ url: '/' })).statusCode, 200);
});

t.test('forwarded headers of anybody else do not count, and plain http is warned of', async (t) => {
  const { app } = await startTestConsole(t);
  const reply = await browserOf(app, { 'x-forwarded-proto': 'https' })({ url: '/sign-in' });
  t.ok(reply.cookies.every(({ name }) => !name.startsWith('__Host-')));
  t.match(reply.body, 'not encrypted');
  const here = await app.inject({ url: '/sign-in', headers: { host: '127.0.0.1:8081' } });
  t.notMatch(here.body, 'not encrypted');
});

t.test('a new password ends the sessions of the old one', async (t) => {
  const { app, db } = await startTestConsole(t);
  const ask = browserOf(app);
  await signIn(ask);
  t.equal((await ask({ url: '/' })).statusCode, 200);
  const input = { name: 'alice', role: 'viewer' as const, actor: 'test' };
  const { password, replaced } = await createOperator({ ctx: { db }, input });
  t.equal(replaced, true);
  t.equal((await ask({ url: '/' })).statusCode, 303);
  t.equal((await signIn(ask, { password: password ?? '' })).statusCode, 303);
});

t.test('every page is strict: no inline script, no frame, nothing stored', async (t) => {
  const { app } = await startTestConsole(t);
  const ask = browserOf(app);
  await signIn(ask);
  for (const url of [...PAGES, '/sign-in', '/nowhere']) {
    const { headers, body } = await ask({ url });
    const policy = String(headers['content-security-policy']);
    t.match(policy, "default-src 'none'", url);
    t.match(policy, "frame-ancestors 'none'");
    t.notMatch(policy, 'unsafe');
    t.equal(headers['cache-control'], 'no-store');
    t.notMatch(body, /<script(?![^>]*src=)|<style| style=| on[a-z]+="/);
  }
  const queues = String((await ask({ url: '/queues' })).headers['content-security-policy']);
  t.match(queues, "script-src 'self';");
  t.notMatch(queues, 'unsafe-eval');
});

t.test('rows that do not exist and nonsense in addresses', async (t) => {
  const { app } = await startTestConsole(t);
  const ask = browserOf(app);
  await signIn(ask);
  for (const url of [
    '/messages/nonsense',
    '/messages/00000000-0000-4000-8000-000000000000',
    '/activations/1',
    '/activations/99999999999',
    '/activations/x',
    '/nowhere',
  ])
    t.equal((await ask({ url })).statusCode, 404, url);
  for (const url of [
    '/messages?state=nonsense&before=x',
    '/activations?before=-1&state[]=a',
    '/messages?id=%20',
  ])
    t.equal((await ask({ url })).statusCode, 200, url);
  const found = await ask({ url: '/activations?id=12' });
  t.equal(found.headers.location, '/activations/12');
});

t.test('Bull Board: viewers look, admins act, and that is written down', async (t) => {
  const { app, db, jobs } = await startTestConsole(t);
  const job = smsSendJob({ id: 'row', epoch: 1 }, 3_600_000);
  t.ok(await jobs.enqueue(job));
  const viewer = browserOf(app);
  const admin = browserOf(app);
  await signIn(viewer, { name: 'vera' });
  await signIn(admin);
  const queueSeenBy = async (ask: typeof viewer) => {
    const reply = await ask({ url: '/queues/api/queues?activeQueue=sms-send&status=delayed&page=1' });
    t.equal(reply.statusCode, 200);
    return reply.json().queues.find(({ name }: { name: string }) => name === 'sms-send');
  };
  t.match(await queueSeenBy(viewer), { readOnlyMode: true, allowRetries: false, counts: { delayed: 1 } });
  t.match(await queueSeenBy(admin), { readOnlyMode: false, allowRetries: true });

  const promote = { method: 'PUT' as const, url: `/queues/api/queues/sms-send/${job.jobId}/promote` };
  const refused = await viewer(promote);
  t.equal(refused.statusCode, 403);
  t.match((await queueSeenBy(viewer)).counts, { delayed: 1 });
  const foreign = await admin({ ...promote, headers: { origin: 'http://evil.example' } });
  t.equal(foreign.statusCode, 403);
  t.match((await queueSeenBy(viewer)).counts, { delayed: 1 });
  const before = (await listAudit(db, 100)).filter(({ action }) => action === 'queues.changed').length;
  t.equal(before, 0, 'nothing happened yet');

  const done = await admin({ ...promote, headers: { 'sec-fetch-site': 'same-origin' } });
  t.ok(done.statusCode < 300, `${done.statusCode} ${done.body}`);
  t.match((await queueSeenBy(viewer)).counts, { delayed: 0, waiting: 1 });
  t.match((await listAudit(db, 1))[0], {
    actor: 'operator:alice',
    action: 'queues.changed',
    subject: promote.url,
    details: { method: 'PUT' },
  });
});

t.test('while Redis is away /queues says so and the pages go on', async (t) => {
  const { app } = await startTestConsole(t, { env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  const ask = browserOf(app);
  await signIn(ask);
  const queues = await ask({ url: '/queues' });
  t.equal(queues.statusCode, 503);
  t.match(queues.body, 'Redis is not reachable');
  t.equal((await ask({ url: '/queues/api/queues' })).statusCode, 503);
  const overview = await ask({ url: '/' });
  t.equal(overview.statusCode, 200);
  t.match(overview.body, 'Redis does not answer');
});

t.test('pages tell the story of a message and a rental, without text, code or number', async (t) => {
  const system = await startSystem(t);
  const partner = await createPartner(system.ctx, '10');
  const sent = await partner.send({ to: '+15551234567', message: 'canary text 8121' });
  const rental = (await partner.rent()).json;
  await system.sandbox.control.deliverCode({ phone: rental.phone?.slice(1) ?? '', code: '730155' });
  await partner.statusBecomes(Number(rental.activation_id), 'received');

  const { app } = await startTestConsole(t, { config: system.config, redisPrefix: system.redisPrefix });
  const ask = browserOf(app);
  await signIn(ask, { name: 'vera' });
  const read = async (url: string) => {
    const { statusCode, body } = await ask({ url });
    t.equal(statusCode, 200, url);
    for (const secret of [
      'canary text',
      '730155',
      '15551234567',
      rental.phone?.slice(1) ?? '?',
      'sandbox-api-key',
    ])
      t.notMatch(body, secret, `${url} holds no ${secret}`);
    return body;
  };
  t.match(await read('/'), /Live rentals<\/dt><dd>1</);
  t.match(await read('/messages'), '+15***67');
  t.match(await read(`/messages/${sent.json.id}`), 'Handed to the provider, attempt 1');
  t.match(await read('/activations?state=received'), `/activations/${rental.activation_id}`);
  const story = await read(`/activations/${rental.activation_id}`);
  for (const part of ['held in the wallet', 'Bought for', 'A code arrived', 'charged']) t.match(story, part);
  t.match(await read('/partners'), /USD/);
  t.match(await read('/providers'), 'SMSBower');
  t.match(await read('/invariants'), 'holds');
});

t.test('what a test key did is marked in lists and on its own page', async (t) => {
  const system = await startSystem(t);
  const { ctx, config, redisPrefix } = system;
  const [live, play] = [await createPartner(ctx, '10'), await createTestPartner(ctx)];
  const [sent, played] = [await live.send(), await play.send()];
  const [rented, playedRental] = [await live.rent(), await play.rent()];

  const { app } = await startTestConsole(t, { config, redisPrefix });
  const ask = browserOf(app);
  await signIn(ask, { name: 'vera' });
  const marks = async (url: string) => (await ask({ url })).body.split('class="state test"').length - 1;
  for (const list of ['/messages', '/activations']) t.equal(await marks(list), 1, list);
  t.equal(await marks(`/messages/${sent.json.id}`), 0);
  t.equal(await marks(`/messages/${played.json.id}`), 1);
  t.equal(await marks(`/activations/${rented.json.activation_id}`), 0);
  t.equal(await marks(`/activations/${playedRental.json.activation_id}`), 1);
});
