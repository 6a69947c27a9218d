import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import t from 'tap';
import { smsSendJob } from '#libs/jobs';
import { PASSWORD, startTestConsole } from './console.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const skip = CHROMIUM ? false : 'no Chromium found; on Debian: apt-get install chromium';

t.test('an operator signs in with a browser and opens the queues', { skip }, async (t) => {
  const { app, jobs } = await startTestConsole(t);
  await jobs.enqueue(smsSendJob({ id: 'row', epoch: 1 }, 3_600_000));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await launch();
  t.teardown(() => browser.close());
  for (const width of [360, 1_440]) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(data:|http:\/\/127\.0\.0\.1:)/.test(request.url())) complaints.push(`asks ${request.url()}`);
    });

    await page.goto(`${url}/messages`);
    await page.getByLabel('Name').fill('alice');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${url}/messages`);
    for (const path of ['/', '/messages', '/activations', '/partners', '/providers', '/invariants']) {
      await page.goto(url + path);
      t.equal(
        await page.evaluate('document.documentElement.scrollWidth'),
        width,
        `${path} at ${width} px: nothing sticks out`,
      );
    }
    await page.goto(`${url}/`);
    await page.getByRole('link', { name: 'Queues' }).click();
    await page.getByText('sms-send').first().waitFor();
    await page.goto(`${url}/queues/queue/sms-send?status=delayed`);
    await page.getByText('m.row.1').first().waitFor();
    t.same(complaints, [], `${width} px: the policy holds and nothing comes from elsewhere`);
    await page.close();
  }
});

function launch(): Promise<Browser> {
  const quiet = ['gpu', 'quic', 'background-networking', 'component-update', 'sync'];
  const args = ['--no-sandbox', '--no-first-run', ...quiet.map((part) => `--disable-${part}`)];
  return chromium.launch({ ...(CHROMIUM ? { executablePath: CHROMIUM } : {}), args });
}
