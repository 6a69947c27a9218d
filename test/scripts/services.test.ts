import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { isAlive, waitUntil } from '../../scripts/lib/processes.mjs';
import { acquireServices } from '../../scripts/lib/services.mjs';
import type { Teardown } from '../helpers/services.ts';

const PATIENCE_MS = 20_000;
const LIBRARY = new URL('../../scripts/lib/services.mjs', import.meta.url).href;
// A process that holds the services as npm start does, and tells which they are.
const HOLDER = `const { acquireServices } = await import('${LIBRARY}');
const { postgresPid, redisPid } = await acquireServices({ folder: process.argv[1], durable: false });
console.log(JSON.stringify([postgresPid, redisPid]));
setInterval(() => {}, 1000);`;

t.test('the services end when their holder is killed', async (t) => {
  const folder = dataFolder(t);
  const { child, pids } = await startHolder(t, folder);
  t.equal(pids.filter(isAlive).length, 2);
  child.kill('SIGKILL');
  t.ok(await waitUntil(() => !pids.some(isAlive), PATIENCE_MS), 'nothing is left');
});

t.test('the services end when their keeper is killed, and the data is taken up again', async (t) => {
  const folder = dataFolder(t);
  const { pids } = await startHolder(t, folder);
  const secrets = readFileSync(join(folder, 'secrets.json'), 'utf8');
  process.kill(keeperOf(folder), 'SIGKILL');
  t.ok(await waitUntil(() => !pids.some(isAlive), PATIENCE_MS), 'nothing is left');
  const again = await acquireServices({ folder, durable: false });
  await again.release();
  t.equal(readFileSync(join(folder, 'secrets.json'), 'utf8'), secrets);
});

t.test('a second holder shares the services and keeps them when the first goes', async (t) => {
  const folder = dataFolder(t);
  const { child, pids } = await startHolder(t, folder);
  const second = await acquireServices({ folder, durable: false });
  t.same([second.postgresPid, second.redisPid], pids);
  child.kill('SIGKILL');
  await once(child, 'close');
  t.equal(pids.filter(isAlive).length, 2);
  await second.release();
  // The keeper may hear of the first one's death only after this release.
  t.ok(await waitUntil(() => !pids.some(isAlive), PATIENCE_MS), 'the last one ends them');
});

t.test('what holds passwords is for its owner alone', async (t) => {
  const folder = dataFolder(t);
  const services = await acquireServices({ folder, durable: false, postgres: false });
  for (const file of ['secrets.json', 'services.json']) {
    t.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  }
  const password = new URL(services.redisUrl).password;
  const processList = spawnSync('ps', ['-o', 'args=', '-p', String(services.redisPid)], { encoding: 'utf8' });
  if (!processList.error) t.notMatch(processList.stdout, password);
  await services.release();
});

function dataFolder(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'with a space');
}

async function startHolder(t: Teardown, folder: string): Promise<{ child: ChildProcess; pids: number[] }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, pids: JSON.parse(line) };
}

function keeperOf(folder: string): number {
  return JSON.parse(readFileSync(join(folder, 'services.json'), 'utf8')).keeperPid;
}
