import t from 'tap';
import { ACTIVATION_EDGES, ERRORS, MESSAGE_EDGES, publicMessageStatus } from '#libs/domain';
import { ENDPOINTS } from '../../../apps/gateway/actions/index.ts';
import { DIALECT_ACTIONS } from '../../../apps/gateway/dialect/index.ts';
import { CONTENTS } from '../../../apps/gateway/docs/guide/contents.ts';
import { startTestGateway } from './gateway.ts';

const BASE_URL = 'https://sms.example.com';
const NAMES = CONTENTS.flatMap(({ pages }) => pages);
const GUIDE = NAMES.map((name) => `/docs/${name}`);
const ACTIONS = ENDPOINTS.flatMap((endpoint) => [...endpoint.actions.values()]);

t.test('the guide', async (t) => {
  const gateway = await startTestGateway(t, { PUBLIC_BASE_URL: BASE_URL }, { withPartner: false });
  const read = async (url: string) => {
    const { statusCode, body, headers } = await gateway.app.inject({ url });
    t.equal(statusCode, 200, url);
    return {
      body,
      type: String(headers['content-type']),
      policy: String(headers['content-security-policy']),
    };
  };
  const pages = new Map<string, string>();
  for (const path of ['/', '/docs', ...GUIDE]) pages.set(path, (await read(path)).body);

  await t.test('every page is whole HTML that needs no script and no style of its own', async (t) => {
    t.ok(GUIDE.length >= 10);
    for (const path of GUIDE) {
      const { body, type, policy } = await read(path);
      t.equal(type, 'text/html; charset=utf-8', path);
      t.match(policy, /default-src 'none';.*script-src 'self'/, path);
      t.match(body, /^<!doctype html><html lang="en">/, path);
      t.equal(body.match(/<h1>/g)?.length, 1, `${path}: one title`);
      t.notMatch(body, /<style|\sstyle=|\son\w+=|<script>|<script src="[^/]/, `${path}: nothing inline`);
      t.notMatch(body, /\{\{|<!-- |\[object/, `${path}: nothing left to fill in`);
      const ids = [...body.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      t.equal(new Set(ids).size, ids.length, `${path}: no id twice`);
      const tables = body.match(/<table>/g)?.length ?? 0;
      t.equal(body.match(/<caption>[^<]/g)?.length ?? 0, tables, `${path}: every table has a caption`);
    }
  });

  await t.test('every link leads to something, and every anchor to a place in it', async (t) => {
    for (const [path, html] of pages) {
      const links = linksOf(path, html);
      t.ok(links.length > 5, path);
      for (const { pathname, hash } of links) {
        const body = pages.get(pathname) ?? (await read(pathname)).body;
        t.ok(hash === '' || body.includes(`id="${hash.slice(1)}"`), `${path}: ${pathname}${hash}`);
      }
    }
  });

  await t.test('from every page all others are one step away', async (t) => {
    for (const [path, html] of pages) {
      if (!GUIDE.includes(path)) continue;
      for (const other of GUIDE) t.ok(html.includes(`href="${other}"`), `${path} to ${other}`);
      t.match(html, new RegExp(`href="${path}" aria-current="page"`));
    }
  });

  await t.test('every error has a heading of its own name, with cause, fix and place', async (t) => {
    const html = pages.get('/docs/errors') ?? '';
    for (const [code, { message, fix }] of Object.entries(ERRORS)) {
      const [, entry = ''] = new RegExp(`<h3 id="${code}">(.*?)(?=<h[23]|</section>)`, 's').exec(html) ?? [];
      for (const part of [message, fix]) t.ok(plain(entry).includes(part), `${code}: ${part}`);
      const users = ACTIONS.filter(({ errors }) => errors.some((one) => one === code));
      const named = users.every(({ name }) => entry.includes(`href="/docs#${name}"`));
      t.ok(named || /Any (request|POST) may get it/.test(entry), `${code}: where it comes from`);
    }
  });

  await t.test('the page of /v1 has each of its requests, and no other', async (t) => {
    const [, requests = ''] =
      /<caption>Requests<\/caption>(.*?)<\/table>/s.exec(pages.get('/docs/v1') ?? '') ?? [];
    const { paths } = JSON.parse((await read('/openapi.json')).body) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      ['get', 'post', 'delete']
        .filter((method) => method in item)
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    t.strictSame(
      [...requests.matchAll(/<tr><td[^>]*>(.*?)<\/td>/g)].map(([, cell = '']) => plain(cell)).sort(),
      documented.filter((request) => request.includes(' /v1/')).sort(),
    );
  });

  await t.test('the dialect’s page has each of its actions, and no other', async (t) => {
    const [, actions = ''] =
      /<caption>Actions<\/caption>(.*?)<\/table>/s.exec(pages.get('/docs/sms-activate') ?? '') ?? [];
    const first = [...actions.matchAll(/<tr><td[^>]*>(.*?)<\/td>/g)].flatMap(([, cell = '']) =>
      plain(cell).split(', '),
    );
    t.strictSame(first.sort(), [...DIALECT_ACTIONS.keys()].sort());
  });

  await t.test('the drawings show every state and every step, and the tables say the same', async (t) => {
    const html = pages.get('/docs/states') ?? '';
    const [messages = '', rentals = ''] = html.match(/<svg class="states".*?<\/svg>/gs) ?? [];
    const named = Object.entries(MESSAGE_EDGES).map(([from, to]) => [
      publicMessageStatus(from as keyof typeof MESSAGE_EDGES),
      to.map(publicMessageStatus),
    ]);
    for (const [drawing, edges] of [
      [messages, Object.fromEntries(named)],
      [rentals, ACTIVATION_EDGES],
    ] as [string, Record<string, string[]>][]) {
      const states = [...drawing.matchAll(/<text[^>]*>([a-z_]+)</g)].map(([, state]) => state);
      t.strictSame(states.sort(), Object.keys(edges).sort());
      t.equal(drawing.match(/<path class="step"/g)?.length, Object.values(edges).flat().length);
      const finals = Object.values(edges).filter((next) => next.length === 0).length;
      t.equal(drawing.match(/<rect class="final"/g)?.length, finals);
      for (const [from, next] of Object.entries(edges)) {
        const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) => plain(row));
        const wanted = next.length === 0 ? 'nothing: it is final' : next.join(', ');
        t.ok(
          rows.some((row) => row.startsWith(from) && row.endsWith(wanted)),
          `${from}: ${wanted}`,
        );
      }
    }
  });

  await t.test('each page is there as Markdown, with links to Markdown', async (t) => {
    for (const path of GUIDE) {
      const { body, type } = await read(`${path}.md`);
      t.equal(type, 'text/markdown; charset=utf-8');
      t.match(body, /^# \w/, path);
      t.notMatch(body, /\{\{|<!-- |```\S+ |\]\(\//, `${path}.md: nothing left to fill in`);
      const html = pages.get(path) ?? '';
      t.match(html, `<link rel="alternate" type="text/markdown" href="${path}.md"/>`);
      const examples = [...body.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code.trim());
      const shown = [...html.matchAll(/<pre><code>(.*?)<\/code><\/pre>/gs)].map(([, code = '']) => code);
      t.strictSame(
        shown.map((code) => decoded(code).trim()),
        examples,
        `${path}: the same examples`,
      );
      for (const [, href = ''] of body.matchAll(/\]\(([^)]+)\)/g)) {
        if (!href.startsWith(BASE_URL)) continue;
        const { pathname } = new URL(href);
        await read(pathname);
      }
    }
  });

  await t.test('llms.txt lists every page, llms-full.txt holds them', async (t) => {
    const { body, type } = await read('/llms.txt');
    t.equal(type, 'text/plain; charset=utf-8');
    t.match(body, /^# Partner API\n\n> /);
    const full = (await read('/llms-full.txt')).body;
    for (const path of GUIDE) {
      t.match(body, new RegExp(`^- \\[.+\\]\\(${BASE_URL}${path}\\.md\\): .+`, 'm'));
      t.ok(full.includes((await read(`${path}.md`)).body), path);
    }
    for (const path of ['/openapi.json', '/postman.json']) t.ok(body.includes(BASE_URL + path), path);
  });

  await t.test('the Postman collection has every action, with its example and its replies', async (t) => {
    const collection = JSON.parse((await read('/postman.json')).body);
    t.match(collection.info.schema, /v2\.1\.0/);
    t.strictSame(
      collection.variable.map(({ key, value }: { key: string; value: string }) => [key, value]),
      [
        ['base_url', BASE_URL],
        ['api_key', ''],
      ],
    );
    const items = collection.item.flatMap(({ item }: { item: unknown[] }) => item);
    t.equal(items.length, ACTIONS.length);
    for (const [index, { name, method, inputExample, replies }] of ACTIONS.entries()) {
      const { request, response } = items[index];
      t.equal(request.method, method, name);
      t.match(request.url.raw, /^\{\{base_url\}\}\/[^:{}]+$/, name);
      t.equal(`{{base_url}}/${request.url.path.join('/')}`, request.url.raw.split('?')[0], name);
      if (method === 'POST') t.strictSame(JSON.parse(request.body.raw), inputExample, name);
      t.strictSame(
        response.map(({ code }: { code: number }) => code),
        replies.map(({ status }) => status),
        name,
      );
    }
  });
});

/** Those that stay on this site. */
function linksOf(path: string, html: string): URL[] {
  const links = [...html.matchAll(/<a [^>]*?href="([^"]+)"/g)].map(([, href = '']) => href);
  return [...new Set(links)]
    .map((href) => new URL(href, BASE_URL + path))
    .filter(({ origin }) => origin === BASE_URL);
}

function decoded(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** What a reader sees, whatever the spaces. */
function plain(html: string): string {
  return decoded(html.replace(/<[^>]+>/g, ''))
    .replace(/\s+/g, ' ')
    .trim();
}
