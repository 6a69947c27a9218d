import { Validator } from '@seriousme/openapi-schema-validator';
import t from 'tap';
import { Compile } from 'typebox/compile';
import { ERRORS } from '#libs/domain';
import { ENDPOINTS } from '../../../apps/gateway/actions/index.ts';
import { startTestGateway, type TestGateway } from './gateway.ts';

const ACTIONS = ENDPOINTS.flatMap((endpoint) => [...endpoint.actions.values()]);
/** The partner page is about these; /v1 is in the reference. */
const CLASSIC = ENDPOINTS.filter(({ path }) => path.startsWith('/api/')).flatMap(({ actions }) => [
  ...actions.values(),
]);
const PAGES = ['/', '/docs'];

t.test('the partner page', async (t) => {
  const gateway = await startTestGateway(
    t,
    { PUBLIC_BASE_URL: 'https://sms.example.com' },
    { withPartner: false },
  );
  const page = await textOf(gateway, '/');

  await t.test('lists every error code with cause and fix, each at an address of its own', async (t) => {
    const html = (await gateway.app.inject({ url: '/' })).body;
    for (const [code, { status, message, fix }] of Object.entries(ERRORS)) {
      const [, row = ''] = new RegExp(`<tr id="error-${code}">(.*?)</tr>`, 's').exec(html) ?? [];
      const words = plain(row);
      for (const part of [String(status), code, message, fix]) t.ok(words.includes(part), `${code}: ${part}`);
    }
  });

  await t.test('says all that partners were promised', async (t) => {
    const promises = [
      'Every response is JSON',
      'Authorization: Bearer <your_key>',
      'X-API-Key: <your_key>',
      'operator of this site issues the key',
      'Keep it on your backend only',
      'public web page',
      'mobile app',
      'Use HTTPS in production',
      'from your server',
      'no sign-up screen for keys yet',
      'Treat it like a password',
      'openssl rand -hex 32',
      'password manager',
      'POST https://sms.example.com/api/sms-send.php',
      'Twilio',
      'separate from renting virtual numbers',
      '"to": "+15551234567"',
      '"message": "Your verification code is 123456"',
      ...['200', '400', '401', '405', '501', '502', '503'],
      'outbound_sms_not_configured',
      `-d '{"to":"+15551234567","message":"Hello"}'`,
      'https://sms.example.com/api/virtual-numbers.php?action=…',
      'those of the website',
      'CORS is enabled',
      'smsbower_balance',
      'api_id',
      'PARTNER_VIRTUAL_USER_ID',
      'PARTNER_VIRTUAL_API_ID',
      'partner_user_not_configured',
      'upstream_action',
      '&service=CODE&country=ID',
      '&id=<activation_id>',
      ...['waiting', 'received', 'otp', 'cancelled', 'unknown', 'raw'],
      '{"service":"SERVICE_CODE","country":22}',
      '"api_id":123',
      'activation_id',
      'phone',
      '{"id":"ACTIVATION_ID"}',
      '?action=countries"',
      '?action=rent_number"',
      `-d '{"service":"tg","country":22}'`,
      '?action=status&id=ACTIVATION_ID"',
      'Repeat until status is received or cancelled',
      'Billing and quotas are between you and your users',
      'describes the HTTP API only',
      ...CLASSIC.map(({ name }) => name.replace('sms-send', 'sms-send.php')),
    ];
    for (const promise of promises) t.ok(page.includes(promise), promise);
  });

  await t.test('shows no other address than this deployment’s own', async (t) => {
    for (const path of PAGES) {
      const html = (await gateway.app.inject({ url: path })).body;
      const urls = html.match(/https?:\/\/[^\s"'<&]+/g) ?? [];
      t.ok(urls.length > 5);
      const hosts = new Set(urls.map((url) => new URL(url).host));
      // Where partners are to put an address of their own.
      hosts.delete('partner.example');
      t.strictSame([...hosts], ['sms.example.com']);
      const loaded = [...html.matchAll(/<(?:link|script|img)[^>]*?(?:href|src)="([^"]+)"/g)].map(
        ([, url]) => url,
      );
      t.equal(loaded.length, 3);
      for (const url of loaded) {
        t.match(url, /^\/assets\//);
        const asset = await gateway.app.inject({ url: url ?? '' });
        t.equal(asset.statusCode, 200);
        t.notMatch(asset.body, /@import|url\(|https?:\/\/(?!www\.w3\.org)/);
      }
      t.notMatch(html, /<style|\sstyle=|\son\w+=|<script>/, 'nothing inline');
    }
  });

  await t.test('under a strict policy, for GET and HEAD', async (t) => {
    for (const path of [...PAGES, '/openapi.json']) {
      const get = await gateway.app.inject({ url: path });
      t.match(get.headers['content-security-policy'], /default-src 'none';.*script-src 'self'/);
      t.notMatch(get.headers['content-security-policy'], /unsafe/);
      const head = await gateway.app.inject({ method: 'HEAD', url: path });
      t.equal(head.statusCode, 200);
      t.equal(head.body, '');
      t.equal(head.headers['content-length'], String(Buffer.byteLength(get.body)));
    }
  });
});

t.test('without PUBLIC_BASE_URL the page shows how it was reached', async (t) => {
  const gateway = await startTestGateway(t, { TRUST_PROXY: '10.0.0.0/8' }, { withPartner: false });
  const shown = async (headers: Record<string, string>, remoteAddress = '127.0.0.1') => {
    const { body } = await gateway.app.inject({ url: '/', headers, remoteAddress });
    return /curl -sS -X POST &quot;(.*?)\/api\/sms-send\.php|curl -sS -X POST "(.*?)\/api\/sms-send\.php/
      .exec(body)
      ?.slice(1)
      .find(Boolean);
  };
  t.equal(await shown({ host: 'sms.example.com:8080' }), 'http://sms.example.com:8080');
  t.equal(await shown({ host: '[::1]:8080' }), 'http://[::1]:8080');
  const forwarded = { host: 'inner:1', 'x-forwarded-host': 'outer.example', 'x-forwarded-proto': 'https' };
  t.equal(await shown(forwarded), 'http://inner:1', 'a stranger’s word does not count');
  t.equal(await shown(forwarded, '10.1.2.3'), 'https://outer.example');
  for (const host of ['"><script>alert(1)</script>', 'a b', '$(reboot)', "a';b", 'a/b']) {
    t.equal(await shown({ host }), 'http://localhost', host);
    t.match(
      await shown({ ...forwarded, 'x-forwarded-host': host, host: '"' }, '10.1.2.3'),
      /^https:\/\/localhost$/,
    );
  }
});

t.test('the OpenAPI document', async (t) => {
  const gateway = await startTestGateway(
    t,
    { PUBLIC_BASE_URL: 'https://sms.example.com' },
    { withPartner: false },
  );
  const document = (await gateway.app.inject({ url: '/openapi.json' })).json();
  const result = await new Validator().validate(document);
  t.ok(result.valid, JSON.stringify(result.errors)?.slice(0, 2_000));
  t.equal(document.openapi, '3.1.0');
  t.strictSame(Object.keys(document.paths), routesOf(t, gateway));
  for (const path of ['/api/sms-send.php', '/api/virtual-numbers.php', '/v1/messages/{id}']) {
    t.ok(document.paths[path], path);
  }
  for (const { path, actions } of ENDPOINTS) {
    const item = document.paths[path.replace(/:(\w+)/g, '{$1}')];
    const methods = new Set([...actions.values()].map(({ method }) => method.toLowerCase()));
    t.strictSame(new Set(Object.keys(item)), methods, path);
    const types = Object.keys(Object.values<Responses>(item)[0]?.responses['401'].content ?? {});
    t.strictSame(types, [path.startsWith('/v1') ? 'application/problem+json' : 'application/json'], path);
  }
  t.strictSame(document.servers, [{ url: 'https://sms.example.com' }]);
  t.strictSame(Object.keys(document.components.securitySchemes), ['bearer', 'apiKey']);
  const text = JSON.stringify(document);
  for (const { name, summary, replies, errors } of ACTIONS) {
    t.ok(text.includes(`**${name}**: ${summary}`), name);
    for (const { status } of replies)
      t.ok(Object.keys(document.components.schemas).some((key) => key.endsWith(`Reply${status}`)));
    for (const code of errors) t.ok(text.includes(`"${code}":{"summary"`), `${name}: ${code}`);
  }
  t.strictSame(document.components.schemas.Error.properties.error.enum, Object.keys(ERRORS));
  for (const code of Object.keys(ERRORS).filter((one) => !['forbidden', 'not_found'].includes(one))) {
    t.ok(text.includes(`"${code}":{"summary"`), `some operation may answer ${code}`);
  }
});

t.test('examples are true to their schemas', async (t) => {
  for (const action of ACTIONS) {
    for (const { status, schema, example } of action.replies) {
      t.ok(Compile(schema).Check(example), `${action.name} ${status}`);
    }
    for (const [name, { schema }] of Object.entries(action.input)) {
      for (const example of (schema as { examples?: unknown[] }).examples ?? []) {
        t.ok(Compile(schema).Check(example), `${action.name}: ${name}`);
      }
    }
  }
});

t.test('the reference holds every action, field and reply', async (t) => {
  const gateway = await startTestGateway(
    t,
    { PUBLIC_BASE_URL: 'https://sms.example.com' },
    { withPartner: false },
  );
  const html = (await gateway.app.inject({ url: '/docs' })).body;
  for (const { name, input, replies, errors } of ACTIONS) {
    const [, section = ''] = new RegExp(`<section id="${name}"(.*?)</section>`, 's').exec(html) ?? [];
    for (const field of Object.keys(input))
      t.ok(section.includes(`<code>${field}</code>`), `${name}: ${field}`);
    for (const { status, when } of replies)
      t.ok(plain(section).includes(`${status}: ${when}`), `${name}: ${status}`);
    for (const code of errors) t.ok(section.includes(`/docs/errors#${code}"`), `${name}: ${code}`);
  }
});

interface Responses {
  responses: { 401: { content: Record<string, unknown> } };
}

/** The addresses that partners are served at, in the order of the table, which has what the router has. */
function routesOf(t: Pick<typeof import('tap').default, 'strictSame'>, { app }: TestGateway): string[] {
  const inTable = [...ENDPOINTS.map(({ path }) => path), '/stubs/handler_api.php'];
  const inRouter = printedRoutes(app.printRoutes({ commonPrefix: false }));
  const ofPartners = inRouter.filter((path) => /^\/(?:api|v1|stubs)\//.test(path));
  t.strictSame([...inTable].sort(), ofPartners.sort(), 'every route for partners is documented');
  return inTable.map((path) => path.replace(/:(\w+)/g, '{$1}'));
}

/** Reads Fastify's drawing of its routes: each line adds to the path of the line that it hangs on. */
function printedRoutes(drawing: string): string[] {
  const above: string[] = [];
  const lines = drawing.matchAll(/^((?:[│ ] {3})*)[├└]── (.*?)( \(.*\))?$/gm);
  return [...lines].flatMap(([, indent = '', part = '', methods]) => {
    above.splice(indent.length / 4, Infinity, part);
    return methods ? [above.join('')] : [];
  });
}

async function textOf(gateway: TestGateway, url: string): Promise<string> {
  return plain((await gateway.app.inject({ url })).body);
}

/** What a reader sees. */
function plain(html: string): string {
  return html
    .replace(/<head>.*?<\/head>/s, '')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}
