import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import t from 'tap';
import { GUIDE } from '../../../apps/gateway/docs/guide/page.ts';
import { startTestGateway } from './gateway.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const skip = CHROMIUM ? false : 'no Chromium found; on Debian: apt-get install chromium';

t.setTimeout(400_000);

t.test('the pages in a browser', { skip }, async (t) => {
  const gateway = await startTestGateway(t, {}, { withPartner: false });
  const url = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const browser = await launch();
  t.teardown(() => browser.close());
  const open = async (path: string, options: Parameters<Browser['newPage']>[0]) => {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) complaints.push(`asks ${request.url()}`);
    });
    await page.goto(url + path);
    return { page, complaints };
  };

  for (const { path, width, colorScheme } of looks()) {
    const name = `${path} at ${width} px, ${colorScheme}`;
    const { page, complaints } = await open(path, { viewport: { width, height: 900 }, colorScheme });
    t.equal(
      await page.evaluate('document.documentElement.scrollWidth'),
      width,
      `${name}: nothing sticks out`,
    );
    t.strictSame(complaints, [], `${name}: no complaint, nothing from elsewhere`);
    t.strictSame(await tooFaint(page), [], `${name}: every text can be read`);
    await page.close();
  }

  await t.test('examples can be copied, and carry the reader’s key', async (t) => {
    const { page } = await open('/', { viewport: { width: 1_440, height: 900 } });
    await page.getByLabel('Your key, for the examples').fill('smsx_live_mine"$(x)');
    const code = page.locator('.example code').first();
    t.match(
      await code.textContent(),
      /Bearer smsx_live_mine\(x\)"/,
      'what would break the command is left out',
    );
    await page.locator('.example button').first().click();
    await page.locator('.example button', { hasText: /Copied|Ctrl/ }).waitFor();
    await page.close();
  });

  await t.test('key and language are kept for the tab, and are never sent', async (t) => {
    const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
    const page = await context.newPage();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    await page.goto(`${url}/docs/quickstart`);
    await page.getByLabel('Your key, for the examples').fill('smsx_live_mine');
    const first = page.locator('.tabs').first();
    await first.locator('label', { hasText: 'Python' }).click();
    const shown = () =>
      page.locator('.tab:visible').evaluateAll((all) => all.map(({ className }) => className));
    t.strictSame([...new Set(await shown())], ['tab python'], 'one choice for all examples');
    await page.keyboard.press('ArrowRight');
    t.strictSame([...new Set(await shown())], ['tab go'], 'by the arrow keys too');
    await page.goto(`${url}/docs/webhooks`);
    t.strictSame([...new Set(await shown())], ['tab go'], 'on the next page as well');
    await page.goto(`${url}/docs/messages`);
    t.match(await page.locator('.example code').first().textContent(), 'Bearer smsx_live_mine');
    t.notMatch(sent.join(), 'smsx_live_mine');
    t.ok(sent.length >= 3);
    await context.close();
  });

  await t.test('the guide is complete without JavaScript', async (t) => {
    const { page } = await open('/docs/quickstart', { javaScriptEnabled: false });
    t.equal(await page.locator('.example button').count(), 0);
    t.notOk(await page.locator('#key').isVisible());
    await page.locator('.tabs label', { hasText: 'PHP' }).first().click();
    t.ok(await page.locator('.tab.php').first().isVisible(), 'languages can be chosen');
    await page.close();
  });

  await t.test('complete without JavaScript', async (t) => {
    const { page } = await open('/', { javaScriptEnabled: false });
    t.equal(await page.locator('.example button').count(), 0);
    t.notOk(await page.locator('#key').isVisible());
    t.ok(await page.getByRole('cell', { name: 'insufficient_funds' }).first().isVisible());
    await page.close();
  });
});

/** Each kind of page in both widths and schemes; pages of one kind share their looks, so two of them are enough. */
function looks() {
  const light = { colorScheme: 'light' } as const;
  const dark = { colorScheme: 'dark' } as const;
  const all = [360, 1_440].flatMap((width) => [
    { width, ...light },
    { width, ...dark },
  ]);
  const two = [
    { width: 360, ...dark },
    { width: 1_440, ...light },
  ];
  const kinds = ['/', '/docs', '/docs/quickstart', '/docs/states'];
  return [
    ...kinds.flatMap((path) => all.map((look) => ({ path, ...look }))),
    ...GUIDE.flatMap(({ path }) => two.map((look) => ({ path, ...look }))),
  ];
}

function launch(): Promise<Browser> {
  const quiet = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];
  const args = ['--no-sandbox', '--no-first-run', ...quiet.map((part) => `--disable-${part}`)];
  return chromium.launch({ ...(CHROMIUM ? { executablePath: CHROMIUM } : {}), args });
}

/** Texts whose contrast is below WCAG AA (4.5 to 1). */
function tooFaint(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = (colour) => {
      const [r, g, b] = channels(colour).map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backdrop = (element) => {
      for (let e = element; e; e = e.parentElement) {
        const colour = getComputedStyle(e).backgroundColor;
        if (channels(colour)[3] !== 0) return colour;
      }
      return 'rgb(255, 255, 255)';
    };
    const faint = new Set();
    for (const element of document.querySelectorAll('body *')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!own || element.matches('script, .anchor, .skip')) continue;
      const [a, b] = [getComputedStyle(element).color, backdrop(element)].map(luminance).sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) faint.add(element.tagName + '.' + element.className);
    }
    return [...faint];
  })()`);
}
