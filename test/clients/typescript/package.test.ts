import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import t, { type Test } from 'tap';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { until } from '../../helpers/until.ts';
import { type ClientExample, guideExamples, readmeExamples } from './examples.ts';
import { serve } from './gateway.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CLIENT = join(ROOT, 'clients/typescript');
const TSC = join(ROOT, 'node_modules/typescript/lib/tsc.js');
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

t.setTimeout(300_000);

t.test('the packed client, installed in an empty folder', async (t) => {
  const folder = await install(t);
  const examples = [...readmeExamples(), ...guideExamples()];
  for (const { name, code } of examples) writeFileSync(join(folder, `${name}.ts`), code);
  const files = examples.map(({ name }) => `${name}.ts`);

  await t.test('nothing else came with it', async (t) => {
    t.strictSame(
      readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['smsx-client'],
    );
    const inside = readdirSync(join(folder, 'node_modules/smsx-client'));
    t.strictSame(inside.sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
    const manifest = JSON.parse(readFileSync(join(folder, 'node_modules/smsx-client/package.json'), 'utf8'));
    t.notOk('dependencies' in manifest || 'peerDependencies' in manifest || 'private' in manifest);
    const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
    t.equal(manifest.version, version, 'it has the version of the gateway');
  });

  await t.test('plain JavaScript', async (t) => {
    const script = `import * as all from 'smsx-client'; console.log(Object.keys(all).sort().join());`;
    writeFileSync(join(folder, 'plain.mjs'), script);
    const { stdout } = await run(process.execPath, ['plain.mjs'], { cwd: folder });
    t.equal(stdout.trim(), 'SmsxClient,SmsxError,WebhookVerificationError,verifyWebhook');
  });

  await t.test('every example has its types, and a wrong field has none', async (t) => {
    t.ok(examples.length > 15);
    const modes = {
      node: NODE,
      exact: { ...NODE, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    };
    for (const [name, options] of Object.entries(modes))
      t.equal(await check(folder, files, options), '', name);
    const plain = `import { SmsxClient } from 'smsx-client';
      export const client = new SmsxClient({ baseUrl: 'https://sms.example.com', apiKey: 'k' });`;
    writeFileSync(join(folder, 'browser.ts'), plain);
    const bundled = { module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom'], types: [] };
    t.equal(await check(folder, ['browser.ts'], bundled), '', 'without the types of Node');
    const wrong = `${plain}
      await client.messages.send({ to: '+15551234567', text: 'Hello' });
      const id: number = (await client.messages.get('m1')).id;
      export const late = id + (await client.activations.waitForCode('7')).code;`;
    writeFileSync(join(folder, 'wrong.ts'), wrong);
    const faults = await check(folder, ['wrong.ts'], bundled);
    t.equal(faults.match(/error TS/g)?.length, 3, faults);
  });

  await t.test('the examples do what they say', async (t) => {
    await check(folder, files, { ...NODE, noEmit: false, outDir: join(folder, 'out') });
    writeFileSync(join(folder, 'out/package.json'), '{"type":"module"}');
    const { gateway, port, clientOf } = await serve(t, { env: { FAULT_CLOCK_PERCENT: '25' } });
    const partner = await gateway.newPartner({ test: true });
    const env = { SMSX_URL: `http://127.0.0.1:${port}`, SMSX_API_KEY: partner.secret };
    const output = async (name: string) => {
      const { stdout } = await run(process.execPath, [`out/${name}.js`], {
        cwd: folder,
        env,
        timeout: 60_000,
      });
      return stdout;
    };
    t.match(await output('readme-send'), /^(queued|sending|sent|delivered)\n$/);
    t.match(await output('readme-rent'), /^\+\d+ for \d+\.\d\d\n\d{4,}\n$/);
    t.match(await output('readme-lists'), /^\d\nid,kind,amount,[\s\S]*hold[\s\S]*\n1\n$/);
    t.match(await output('readme-errors'), /^now \d+\.\d\d\n$/);
    t.match(await output('readme-limits'), /^\d+\.\d\d\n$/);
    for (let times = 0; times < 2; times += 1) t.equal(await output('readme-key'), '');
    const { data } = await clientOf(partner).messages.list().first();
    t.equal(data.length, 2, 'with its key it was sent once');
    const follower = start(t, folder, 'readme-follow', env);
    await until(async () => /message\.sent [\s\S]*go on from \S+/.test(follower.printed()));
  });

  await t.test('the receiver takes what is genuine, and nothing else', async (t) => {
    const port = await freePort();
    const file = join(folder, 'out/readme-receiver.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace('3000', String(port)));
    const env = { SMSX_URL: 'http://127.0.0.1:1', SMSX_API_KEY: 'k', SMSX_WEBHOOK_SECRET: SECRET };
    const receiver = start(t, folder, 'readme-receiver', env);
    const post = async (body: string, headers: Record<string, string>) =>
      (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers })).status;
    await until(async () => (await post('{}', {}).catch(() => null)) === 401, {
      what: 'the receiver to listen',
    });
    const body = '{"type":"message.delivered","id":"evt_1","data":{"id":"m1","to":"+15551234567"}}';
    const at = new Date();
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(SECRET).sign('evt_1', at, body),
    };
    t.equal(await post(body, headers), 204);
    t.equal(await post(body.replace('m1', 'm2'), headers), 401);
    await until(async () => receiver.printed() === 'm1 +15551234567\n');
  });
});

/** What a program of a partner may be compiled with. */
const NODE = { module: 'nodenext', types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] };

/** Packs a copy of the client as `npm publish` would, and installs that outside of the repository, without a network. */
async function install(t: Test): Promise<string> {
  const source = t.testdir({});
  for (const name of readdirSync(CLIENT)) {
    if (name !== 'dist') cpSync(join(CLIENT, name), join(source, name), { recursive: true });
  }
  const folder = mkdtempSync(join(tmpdir(), 'smsx-client-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  await npm(source, 'pack', '--pack-destination', folder);
  const [packed] = readdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
  await npm(folder, 'install', '--offline', '--no-audit', '--no-fund', `./${packed}`);
  return folder;
}

async function npm(cwd: string, ...args: string[]): Promise<void> {
  const own = process.env.npm_execpath ?? '';
  const [command, prefix] = /npm-cli\.c?js$/.test(own) ? [process.execPath, [own]] : ['npm', []];
  await run(command, [...prefix, ...args], { cwd });
}

/** What the compiler says about these files. */
async function check(folder: string, files: string[], options: Record<string, unknown>): Promise<string> {
  const compilerOptions = { target: 'es2022', strict: true, noEmit: true, rootDir: '.', ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  return run(process.execPath, [TSC, '-p', folder]).then(
    () => '',
    ({ stdout }) => String(stdout),
  );
}

function start(t: Test, folder: string, name: ClientExample['name'], env: Record<string, string>) {
  const child = spawn(process.execPath, [`out/${name}.js`], { cwd: folder, env });
  t.teardown(() => child.kill('SIGKILL'));
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  return { printed: () => printed };
}
