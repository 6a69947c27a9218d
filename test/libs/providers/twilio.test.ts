import t, { type Test } from 'tap';
import type { TwilioConfig } from '#libs/platform';
import { createTwilioProvider, type SmsProvider, type TwilioOptions } from '#libs/providers';
import { smsProviderConformance } from './conformance.ts';
import { type Behaviour, type Reply, type StandIn, startStandIn } from './stand-in.ts';

const ACCOUNT = `AC${'0a'.repeat(16)}`;
const TOKEN = 'auth-token-that-must-stay-inside';
const SID = `SM${'1b'.repeat(16)}`;
const SMS = {
  to: '+15551234567',
  body: 'Hello & goodbye',
  validitySeconds: 300,
  attempt: 1,
  statusCallbackUrl: null,
};
const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`;

t.test('conformance', (t) =>
  smsProviderConformance(t, {
    create: (url) => create(url, {}, { connectTimeoutMs: 1_000, headersTimeoutMs: 300, bodyTimeoutMs: 300 }),
    secret: TOKEN,
    words: {
      sent: json(201, { sid: SID, status: 'queued' }),
      invalidRecipient: json(400, { code: 21211, message: "The 'To' number +15551234567 is not valid" }),
      wrongKey: json(401, { code: 20003, message: 'Authenticate' }),
      emptyList: json(200, { messages: [], next_page_uri: null }),
    },
  }),
);

t.test('a send is one form with the sender, validity and callback', async (t) => {
  const standIn = await startStandIn(t);
  standIn.behaves(json(201, { sid: SID, status: 'accepted' }));
  const plain = create(standIn.url);
  const pooled = create(`${standIn.url}/prefix`, { from: null, messagingServiceSid: 'MG1' });
  t.teardown(() => Promise.all([plain.close(), pooled.close()]));
  const accepted = { kind: 'accepted', value: { providerSid: SID, providerStatus: 'accepted' } };
  t.same(await plain.send(SMS), accepted);
  await pooled.send({ ...SMS, validitySeconds: 99_999, statusCallbackUrl: 'https://sms.example/c?m=1#rc=5' });
  await pooled.send({ ...SMS, validitySeconds: 0 });

  const forms = standIn.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  const common = { To: SMS.to, Body: SMS.body };
  t.same(forms, [
    { ...common, From: '+15550001111', ValidityPeriod: '300' },
    {
      ...common,
      MessagingServiceSid: 'MG1',
      ValidityPeriod: '36000',
      StatusCallback: 'https://sms.example/c?m=1#rc=5',
    },
    { ...common, MessagingServiceSid: 'MG1', ValidityPeriod: '1' },
  ]);
  const [first, second] = standIn.requests;
  t.equal(`${first?.method} ${first?.url.pathname}`, `POST ${MESSAGES}`);
  t.equal(second?.url.pathname, `/prefix${MESSAGES}`);
  t.match(first?.headers, {
    authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
});

t.test('what a send comes to', async (t) => {
  const { standIn, provider } = await subject(t);
  const rejected = (scope: string, reason: string, code: number) => ({
    kind: 'rejected',
    scope,
    reason,
    code: String(code),
  });
  const coded = (status: number, code: number, headers = {}): Reply => ({
    ...json(status, { code, message: 'words' }),
    headers,
  });
  const throttled = (retryAfterMs: number | null) => ({ kind: 'not_sent', throttled: true, retryAfterMs });
  const cases: [Reply, object][] = [
    [coded(401, 20003), rejected('account', 'credentials', 20003)],
    [coded(403, 20403), rejected('account', 'credentials', 20403)],
    [coded(404, 20404), rejected('account', 'credentials', 20404)],
    [coded(400, 10001), rejected('account', 'account_suspended', 10001)],
    [coded(403, 20005), rejected('account', 'account_suspended', 20005)],
    [coded(403, 90010), rejected('account', 'account_suspended', 90010)],
    [coded(429, 63038), rejected('account', 'account_limit', 63038)],
    [coded(400, 63038), rejected('account', 'account_limit', 63038)],
    [coded(429, 20429), throttled(null)],
    [coded(429, 20429, { 'Retry-After': '5' }), throttled(5_000)],
    [coded(429, 20429, { 'Retry-After': 'soon' }), throttled(null)],
    [coded(400, 14107), throttled(30_000)],
    [coded(429, 21611), throttled(60_000)],
    [{ status: 429, body: '<html>slow down</html>' }, throttled(null)],
    [coded(400, 21211), rejected('request', 'invalid_recipient', 21211)],
    [coded(400, 21614), rejected('request', 'invalid_recipient', 21614)],
    [coded(400, 21610), rejected('request', 'recipient_opted_out', 21610)],
    [coded(400, 21612), rejected('request', 'unreachable_recipient', 21612)],
    [coded(400, 21617), rejected('request', 'content_refused', 21617)],
    [coded(400, 21408), rejected('request', 'destination_not_allowed', 21408)],
    [coded(400, 21606), rejected('request', 'sender_refused', 21606)],
    [coded(400, 30034), rejected('request', 'sender_refused', 30034)],
    [coded(400, 30453), rejected('request', 'destination_not_allowed', 30453)],
    [coded(400, 21609), rejected('request', 'other', 21609)],
    [coded(400, 99999), { ...rejected('request', 'other', 99999), message: 'words' }],
    [
      json(401, { detail: 'no' }),
      { kind: 'rejected', scope: 'account', reason: 'credentials', code: null, message: 'no' },
    ],
    [json(400, { message: 'no code' }), { kind: 'unknown', detail: 'http_400' }],
    [coded(408, 21211), { kind: 'unknown', detail: 'http_408' }],
    [coded(400, 20500), { kind: 'unknown', detail: 'code_20500' }],
    [coded(500, 20500), { kind: 'unknown', detail: 'http_500' }],
    [coded(500, 21211), { kind: 'unknown', detail: 'http_500' }],
    [coded(503, 20503), { kind: 'unknown', detail: 'http_503' }],
    [json(201, { sid: null, status: 'queued' }), { kind: 'unknown', detail: 'reply_without_sid' }],
    [json(201, { sid: 'SM12', status: 'queued' }), { kind: 'unknown', detail: 'reply_without_sid' }],
    [
      { status: 201, body: '{"sid":' },
      { kind: 'unknown', detail: 'unreadable_reply' },
    ],
  ];
  for (const [reply, outcome] of cases) {
    standIn.requests.length = 0;
    standIn.behaves(reply);
    t.match(await provider.send(SMS), outcome, `${reply.status} ${reply.body}`);
    t.equal(standIn.requests.length, 1);
  }
});

t.test('the provider’s words are fit for a partner', async (t) => {
  const { standIn, provider } = await subject(t);
  const words = async (message: string, code = 21211) => {
    standIn.behaves(json(400, { code, message }));
    const outcome = await provider.send(SMS);
    return outcome.kind === 'rejected' ? outcome.message : '';
  };
  t.equal(
    await words(`Account ${ACCOUNT} with ${TOKEN}\n refuses +15551234567`),
    'Account AC*** with *** refuses +***67',
  );
  t.equal((await words('x'.repeat(1000))).length, 300);
  t.equal(await words(''), 'The recipient is not a valid phone number.');
  t.equal(await words('', 99999), 'Refused with code 99999.');
});

t.test('a listing reads every page of the span', async (t) => {
  const { standIn, provider } = await subject(t, { pageSize: 2 });
  const pages: Record<string, object> = {
    '0': {
      messages: [message(50, { status: 'failed', error_code: 30003 }), message(45)],
      next_page_uri: next(1),
    },
    '1': { messages: [message(30, { direction: 'inbound' }), message(10)], next_page_uri: next(2) },
    '2': { messages: [message(9), message(1)], next_page_uri: next(3) },
    '3': { messages: [message(0)], next_page_uri: null },
  };
  standIn.behaves(({ url }) => json(200, pages[url.searchParams.get('Page') ?? '0'] ?? {}));
  const listing = await provider.list({ to: SMS.to, createdAfter: at(9.9), createdBefore: at(47) });
  const found = listing.kind === 'complete' ? listing.messages : [];
  t.same(
    found.map(({ createdAt }) => createdAt),
    [at(45), at(10), at(9)],
  );
  t.match(found[0], { providerSid: /^SM/, providerStatus: 'sent', errorCode: null, body: SMS.body });
  const queries = standIn.requests.map(({ url }) => Object.fromEntries(url.searchParams));
  t.same(queries[0], { To: SMS.to, From: '+15550001111', PageSize: '2' });
  t.equal(queries.length, 4, 'the third page still holds one of the span’s first second');

  const failed = await provider.list({ to: SMS.to, createdAfter: at(48), createdBefore: at(60) });
  t.match(failed, { kind: 'complete', messages: [{ providerStatus: 'failed', errorCode: '30003' }] });
  t.equal(standIn.requests.length, 6, 'stopped after a page that is wholly older');
});

t.test('a listing that is not whole proves nothing', async (t) => {
  const { standIn, provider } = await subject(t, { maxPages: 3 });
  const cases: [string, Behaviour, string][] = [
    ['pages without end', json(200, { messages: [message(5)], next_page_uri: next(1) }), 'too_many_pages'],
    ['no list', json(200, { data: [] }), 'unreadable_page'],
    ['a list of something else', json(200, { messages: [{}] }), 'unreadable_page'],
    ['a date that is none', json(200, { messages: [message(5, { date_created: null })] }), 'unreadable_page'],
    ['no sid', json(200, { messages: [message(5, { sid: null })] }), 'unreadable_page'],
    [
      'a link to elsewhere',
      json(200, { messages: [], next_page_uri: 'https://elsewhere.example/' }),
      'unreadable_page',
    ],
    ['another success', json(202, { messages: [] }), 'unreadable_page'],
    [
      'a second page that fails',
      ({ url }) =>
        url.searchParams.has('Page') ? 'reset' : json(200, { messages: [], next_page_uri: next(1) }),
      'reset',
    ],
  ];
  for (const [name, behaviour, detail] of cases) {
    standIn.behaves(behaviour);
    t.same(
      await provider.list({ to: SMS.to, createdAfter: at(0), createdBefore: at(60) }),
      { kind: 'incomplete', detail },
      name,
    );
  }
});

function at(second: number): Date {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, 0) + second * 1000);
}

function message(second: number, fields: object = {}): object {
  return {
    sid: SID,
    status: 'sent',
    direction: 'outbound-api',
    body: SMS.body,
    error_code: null,
    date_created: at(second).toUTCString().replace('GMT', '+0000'),
    date_sent: null,
    ...fields,
  };
}

function next(page: number): string {
  return `${MESSAGES}?To=%2B15551234567&PageSize=2&Page=${page}`;
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

function create(url: string, config: Partial<TwilioConfig> = {}, options: TwilioOptions = {}): SmsProvider {
  return createTwilioProvider(
    {
      accountSid: ACCOUNT,
      authToken: TOKEN,
      from: '+15550001111',
      messagingServiceSid: null,
      apiBaseUrl: url,
      ...config,
    },
    options,
  );
}

async function subject(
  t: Test,
  options: TwilioOptions = {},
): Promise<{ standIn: StandIn; provider: SmsProvider }> {
  const standIn = await startStandIn(t);
  const provider = create(standIn.url, {}, options);
  t.teardown(() => provider.close());
  return { standIn, provider };
}
