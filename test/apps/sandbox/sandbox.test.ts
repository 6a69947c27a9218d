import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../apps/sandbox/app.ts';
import { startReceiver } from './receiver.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const ROOT = join(import.meta.dirname, '../../..');

t.test('a restart continues with rentals, balance, stock and messages', async (t) => {
  const stateFile = join(t.testdir(), 'deep', 'sandbox.json');
  const options = { stateFile, autoCodeSeconds: 600 };
  const first = await start(t, options);
  const phone = await rent(first);
  await send(first, 'before <the> restart');
  await first.control.changeOffers({ service: 'wa', country: 1001, count: 3 });
  const rentals = await first.control.rentals();
  const balance = await first.control.balance();
  await first.close();
  t.equal(JSON.parse(readFileSync(stateFile, 'utf8')).version, 1);

  const second = await start(t, { ...options, smsbower: { apiKey: 'key', firstActivationId: 1 } });
  t.same(await second.control.rentals(), rentals);
  t.same(await second.control.balance(), balance);
  t.match(await second.control.messages(), [{ body: 'before <the> restart' }]);
  t.match(await ask(second, 'getPrices&service=wa&country=1001'), /"count":15\b/);
  await second.control.advance(2);
  t.match(await second.control.messages(), [{ status: 'delivered' }], 'its way goes on');
  await second.control.advance(720);
  t.match(
    await second.control.rentals(),
    [{ state: 'received', settlement: 'captured' }],
    'the code planned before',
  );
  await second.control.changeSettings({ autoCodeSeconds: null });
  await rent(second);
  t.equal(
    (await second.control.rentals()).at(-1)?.activationId,
    String(Number(rentals[0]?.activationId) + 1),
  );
  t.not(phone, (await second.control.rentals()).at(-1)?.phone);
  await second.control.advance(1200);
  await second.close();
  const third = await start(t, options);
  t.match(await third.control.rentals(), [
    { state: 'finished' },
    { state: 'cancelled', settlement: 'refunded' },
  ]);

  writeFileSync(stateFile, '{"version":9}');
  await t.rejects(start(t, options), /cannot be read .* Remove the file to begin afresh/);
});

t.test('a taken port is refused, or gives way when allowed', async (t) => {
  const first = await start(t);
  await t.rejects(start(t, { port: first.port }), { code: 'EADDRINUSE' });
  const second = await start(t, { port: first.port, portFallback: true });
  t.ok(second.port > first.port);
  t.equal(await ask(second, 'getBalance'), 'ACCESS_BALANCE:1000');
});

t.test('closing drops hanging calls', async (t) => {
  const sandbox = await start(t);
  await sandbox.control.addFault({ provider: 'smsbower', kind: 'hang', action: '*' });
  const hanging = ask(sandbox, 'getBalance');
  hanging.catch(() => {});
  while (!(await sandbox.control.calls())['smsbower.getBalance']);
  await sandbox.close();
  await t.rejects(hanging);
});

t.test('the inbox shows what happened and delivers a code without JavaScript', async (t) => {
  const receiver = await startReceiver(t);
  const sandbox = await start(t, { pushUrls: [receiver.url] });
  const page = async () => (await fetch(sandbox.url)).text();
  const empty = await page();
  t.match(empty, /No rentals yet\. Rent one with/);
  t.match(empty, /No SMS yet\. Send one with/);
  const response = await fetch(sandbox.url);
  t.match(response.headers.get('content-security-policy'), /default-src 'none'/);
  for (const [path] of empty.matchAll(/(?<=(?:href|src)=")\/[^"]+/g)) {
    t.equal((await fetch(sandbox.url + path)).status, 200, path);
  }

  const phone = await rent(sandbox);
  await send(sandbox, '<script>alert(1)</script>');
  const [rental] = await sandbox.control.rentals();
  const full = await page();
  t.match(full, phone);
  t.match(full, 'Telegram');
  t.match(full, 'India');
  t.match(full, '&lt;script>alert(1)');
  t.notMatch(full, '<script>alert(1)');
  t.match(full, '+15551234567');

  const form = (fields: Record<string, string>) =>
    fetch(`${sandbox.url}/inbox/code`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
  const done = await form({ activation_id: rental?.activationId ?? '', code: ' 4711 ' });
  t.equal(done.status, 303);
  t.equal(done.headers.get('location'), '/');
  t.match(await page(), /class="code"[^>]*>4711</);
  t.match(JSON.parse(receiver.received[0]?.body ?? ''), { code: '4711' });
  t.equal((await form({ activation_id: rental?.activationId ?? '' })).status, 303, 'any code will do');
  await sandbox.control.changeSettings({ lifetimeSeconds: 0 });
  await rent(sandbox);
  await sandbox.control.advance(1);
  const over = (await sandbox.control.rentals()).at(-1);
  const late = await form({ activation_id: over?.activationId ?? '' });
  t.equal(late.status, 409);
  t.match(await late.text(), /role="alert">Rental \d+ is cancelled: no SMS arrives any more/);
  const unknown = await form({ activation_id: '1' });
  t.equal(unknown.status, 404);
  t.match(await unknown.text(), /role="alert">There is no rental with activationId 1/);
});

t.test('control refuses with words', async (t) => {
  const { control, url } = await start(t);
  await t.rejects(control.deliverCode({ activationId: 1 }), /404 There is no rental with activationId 1/);
  await t.rejects(control.expire({ phone: '+1' }), /404 There is no rental with phone \+1/);
  await t.rejects(control.setMessageStatus('SM1', 'sent'), /404 There is no message SM1/);
  await t.rejects(control.setBalance('lots'), /400 balance must be dollars/);
  await t.rejects(control.changeOffers({ service: 'zz', country: 22 }), /404 Nobody sells zz in country 22/);
  await t.rejects(
    control.addFault({ provider: 'smsbower', kind: 'hang' }),
    /400 A fault of kind hang needs an action/,
  );
  await t.rejects(
    control.addFault({ provider: 'twilio', kind: 'no-balance' }),
    /400 kind must be one of slow, hang/,
  );
  await t.rejects(control.changeSettings({ lifetimeSeconds: -1 }), /400 lifetimeSeconds must be seconds/);
  await t.rejects(control.changeSettings({ speed: 1 } as object), /400 There is no setting speed/);
  await t.rejects(control.advance(-1), /400 advanceSeconds/);
  t.equal((await fetch(`${url}/control/nothing`)).status, 404);
  t.equal((await fetch(`${url}/control/code`, { method: 'POST' })).status, 400);
  t.match(await control.changeSettings({ pushUrls: ['http://127.0.0.1:1/'] }), {
    pushUrls: ['http://127.0.0.1:1/'],
  });
});

t.test('on its own: help, a wrong flag, a run ended by a signal', async (t) => {
  t.match(await runMain(['--help']), { code: 0, out: /--auto-code-seconds N/ });
  t.match(await runMain(['--port', 'many']), {
    code: 1,
    err: /--port must be a number from 0 on, not "many"/,
  });
  t.match(await runMain(['--nonsense']), { code: 1, err: /'--nonsense'.*--help/s });
  const child = spawnMain(['--port', '0', '--auto-code-seconds', '5']);
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  for await (const chunk of child.stdout) {
    out += chunk;
    if (out.includes('handler_api.php')) break;
  }
  const url = /SMSBower +(\S+)/.exec(out)?.[1];
  t.equal(
    await (await fetch(`${url}?api_key=sandbox-api-key&action=getBalance`)).text(),
    'ACCESS_BALANCE:1000',
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  t.equal(await ended, 0);
});

async function start(t: Test, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    twilio: { accountSid: ACCOUNT, authToken: 'token' },
    smsbower: { apiKey: 'key' },
    ...options,
  });
  t.teardown(() => sandbox.close());
  return sandbox;
}

async function ask(sandbox: Sandbox, action: string): Promise<string> {
  return (await fetch(`${sandbox.smsbowerUrl}?api_key=key&action=${action}`)).text();
}

async function rent(sandbox: Sandbox): Promise<string> {
  return `+${(await ask(sandbox, 'getNumber&service=tg&country=22')).split(':')[2]}`;
}

async function send(sandbox: Sandbox, body: string): Promise<void> {
  await fetch(`${sandbox.twilioBaseUrl}/2010-04-01/Accounts/${ACCOUNT}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT}:token`).toString('base64')}` },
    body: new URLSearchParams({ To: '+15551234567', From: '+15005550006', Body: body }),
  });
}

function spawnMain(args: string[]) {
  const main = join(ROOT, 'apps/sandbox/main.ts');
  return spawn(process.execPath, ['--conditions=smsx-sources', '--import', 'tsx', main, ...args], {
    cwd: ROOT,
    env: {},
  });
}

async function runMain(args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawnMain(args);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
