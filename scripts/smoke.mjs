import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { freePort } from './lib/ports.mjs';
import { endProcess, waitUntil } from './lib/processes.mjs';
import { createProgress } from './lib/progress.mjs';
import { reportAndFail, run, Trouble } from './lib/run.mjs';
import { acquireServices, secretsOf } from './lib/services.mjs';
import { tethered } from './lib/tether.mjs';

const APPS = ['gateway', 'worker', 'poller', 'console'];
const READY_PATIENCE_MS = 30_000;
const END_PATIENCE_MS = 20_000;

// Starts what `npm run build` made, as production does: plain node, NODE_ENV=production, one process per app.
const folder = mkdtempSync(join(tmpdir(), 'smsx-test-'));
const progress = createProgress(process.stdout);
const started = [];
try {
  await smoke();
} catch (error) {
  reportAndFail(error);
} finally {
  for (const { child } of started) child.kill('SIGKILL');
}
process.exit();

async function smoke() {
  const services = await acquireServices({ folder, durable: false, temporary: true, progress });
  const env = await environment(services);
  try {
    await progress.step('smsx migrate', () => migrate(env));
    for (const app of APPS) started.push(await startApp(app, env));
    for (const app of started) await progress.step(`${app.name} gets ready`, () => awaitReady(app));
    for (const { name, url, holds } of pages(env)) await progress.step(name, () => fetchPage(url, holds));
    for (const app of started) await progress.step(`${app.name} ends with code 0`, () => endGracefully(app));
  } finally {
    await services.release();
  }
}

async function environment({ databaseUrl, redisUrl }) {
  const [port, consolePort] = [await freePort(), await freePort()];
  return {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    ENCRYPTION_KEY: secretsOf(folder).encryptionKey,
    PORT: String(port),
    CONSOLE_PORT: String(consolePort),
  };
}

async function migrate(env) {
  const { code, output } = await run(process.execPath, [join(root, 'dist/apps/cli/main.js'), 'migrate'], {
    cwd: folder,
    env,
  });
  if (code !== 0) throw new Trouble(`smsx migrate ended with code ${code}:\n${output}`);
}

async function startApp(name, env) {
  const opsPort = await freePort();
  const [command, args] = tethered('KILL', process.execPath, [join(root, `dist/apps/${name}/main.js`)]);
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...env, OPS_PORT: String(opsPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const app = { name, child, opsPort, output: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (app.output += chunk));
  app.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  return app;
}

async function awaitReady(app) {
  const url = `http://127.0.0.1:${app.opsPort}/readyz`;
  const gone = () => app.child.exitCode !== null || app.child.signalCode !== null;
  await waitUntil(async () => gone() || (await statusOf(url)) === 200, READY_PATIENCE_MS, 100);
  if (!gone() && (await statusOf(url)) === 200) return;
  throw new Trouble(`${app.name} did not become ready (${url}). It printed:\n${app.output.slice(-4000)}`);
}

async function statusOf(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status;
  } catch {
    return null;
  }
}

/** What is made of files that the build carries along. */
function pages({ PORT, CONSOLE_PORT }) {
  const [gateway, console] = [`http://127.0.0.1:${PORT}`, `http://127.0.0.1:${CONSOLE_PORT}`];
  return [
    { name: 'GET / of the gateway', url: `${gateway}/`, holds: 'sms-send.php' },
    { name: 'GET /docs/quickstart of the gateway', url: `${gateway}/docs/quickstart`, holds: 'sms-send.php' },
    { name: 'GET /assets/console.css of the console', url: `${console}/assets/console.css`, holds: 'body' },
  ];
}

async function fetchPage(url, holds) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const page = await response.text();
  if (response.status !== 200 || !page.includes(holds)) {
    throw new Trouble(`${url} answered ${response.status} without "${holds}":\n${page.slice(0, 500)}`);
  }
}

async function endGracefully(app) {
  await endProcess(app.child.pid, [
    ['SIGTERM', END_PATIENCE_MS],
    ['SIGKILL', 1_000],
  ]);
  const how = await app.ended;
  if (how !== 0)
    throw new Trouble(`${app.name} ended with ${how} after SIGTERM. It printed:\n${app.output.slice(-4000)}`);
}
