import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { readConfig } from '#libs/platform';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

t.test('with-secrets.sh', async (t) => {
  const folder = t.testdir({
    none: {},
    some: { database_url: 'postgres://from-the-folder\n', encryption_key: '', unrelated: 'x' },
    'with space': { key: 'a "quoted" $HOME `value`\n' },
  });
  const show = ['sh', '-c', 'env; echo "arguments: $*"', 'sh', 'one two'];
  const withSecrets = (env: Record<string, string>, command = show) => {
    const base = { PATH: process.env.PATH ?? '', SECRETS_FOLDER: `${folder}/none` };
    const run = spawnSync('sh', [`${ROOT}deploy/with-secrets.sh`, ...command], {
      env: { ...base, ...env },
      encoding: 'utf8',
    });
    return { code: run.status, out: run.stdout, err: run.stderr };
  };

  t.test('reads the files of the secrets folder', async (t) => {
    const { code, out } = withSecrets({ SECRETS_FOLDER: `${folder}/some` });
    t.equal(code, 0);
    t.match(out, /^DATABASE_URL=postgres:\/\/from-the-folder$/m);
    t.notMatch(out, /^ENCRYPTION_KEY=/m, 'an empty file counts as unset');
    t.notMatch(out, /UNRELATED/i, 'only known names');
    t.match(out, /^arguments: one two$/m);
  });

  t.test('a file named by X_FILE is taken as it is', async (t) => {
    const { out } = withSecrets({ SMSBOWER_API_KEY_FILE: `${folder}/with space/key` });
    t.match(out, '\nSMSBOWER_API_KEY=a "quoted" $HOME `value`\n');
    t.notMatch(out, /SMSBOWER_API_KEY_FILE/);
  });

  t.test('a variable that is set wins over the folder, and contradicts X_FILE', async (t) => {
    const set = { DATABASE_URL: 'postgres://set', SECRETS_FOLDER: `${folder}/some` };
    t.match(withSecrets(set).out, /^DATABASE_URL=postgres:\/\/set$/m);
    const both = withSecrets({ ...set, DATABASE_URL_FILE: `${folder}/some/database_url` });
    t.equal(both.code, 1);
    t.match(both.err, /both DATABASE_URL and DATABASE_URL_FILE/);
  });

  t.test('a file that is missing stops the start', async (t) => {
    const { code, out, err } = withSecrets({ REDIS_URL_FILE: `${folder}/nowhere` });
    t.equal(code, 1);
    t.equal(out, '');
    t.match(err, /nowhere, named by REDIS_URL_FILE, cannot be read/);
  });

  t.test('the command keeps its exit code, takes the place of the shell, and must be there', async (t) => {
    t.equal(withSecrets({}, ['sh', '-c', 'exit 7']).code, 7);
    t.match(withSecrets({}, []).err, /no command given/);
    t.match(readFileSync(`${ROOT}deploy/with-secrets.sh`, 'utf8'), /^exec "\$@"$/m, 'signals reach the app');
  });

  t.test('knows exactly the secrets of docker-compose.yml', async (t) => {
    const compose = parse(readFileSync(`${ROOT}docker-compose.yml`, 'utf8'), { merge: true });
    const names =
      /^NAMES='(.+)'$/m.exec(readFileSync(`${ROOT}deploy/with-secrets.sh`, 'utf8'))?.[1]?.split(' ') ?? [];
    t.same(names.sort(), compose.services.gateway.secrets.map((name: string) => name.toUpperCase()).sort());
  });
});

t.test('create-secrets.sh', async (t) => {
  const folder = t.testdir({ 'my secrets': { encryption_key: 'kept\n' } });
  const create = () =>
    spawnSync('sh', [`${ROOT}deploy/create-secrets.sh`, `${folder}/my secrets`], { encoding: 'utf8' });
  const secret = (name: string) => readFileSync(`${folder}/my secrets/${name}`, 'utf8').trim();

  t.match(create().stdout, /^kept {5}.*encryption_key$/m);
  t.equal(secret('encryption_key'), 'kept', 'what exists stays');
  t.ok(secret('database_url').includes(`:${secret('database_password')}@postgres:5432/smsx`));
  t.ok(secret('redis_url').includes(`:${secret('redis_password')}@redis:6379`));
  t.not(secret('database_password'), secret('postgres_admin_password'));
  t.equal(statSync(`${folder}/my secrets`).mode & 0o777, 0o700, 'others of this host do not get in');
  t.equal(statSync(`${folder}/my secrets/redis_url`).mode & 0o777, 0o644, 'the user of a container can read');
  const before = secret('database_url');
  create();
  t.equal(secret('database_url'), before);

  const fresh = `${folder}/fresh`;
  spawnSync('sh', [`${ROOT}deploy/create-secrets.sh`, fresh]);
  const made = (name: string) => readFileSync(`${fresh}/${name}`, 'utf8').trim();
  const config = readConfig({
    NODE_ENV: 'production',
    DATABASE_URL: made('database_url'),
    REDIS_URL: made('redis_url'),
    ENCRYPTION_KEY: made('encryption_key'),
    PARTNER_API_KEYS: made('partner_api_keys'),
  });
  t.equal(config.encryptionKeyConfigured, true, 'the apps take what was made');
});

t.test('redis.sh', async (t) => {
  const folder = t.testdir({
    password: 'secret\n',
    'redis-server': '#!/bin/sh\necho "arguments: $*"\ncat\n',
  });
  chmodSync(`${folder}/redis-server`, 0o755);
  const env = { PATH: `${folder}:${process.env.PATH}`, REDIS_PASSWORD_FILE: `${folder}/password` };
  const { stdout } = spawnSync('sh', [`${ROOT}deploy/redis.sh`], { env, encoding: 'utf8' });
  t.match(stdout, /^arguments: -$/m, 'no secret among the arguments');
  for (const line of [
    'maxmemory-policy noeviction',
    'appendonly yes',
    'requirepass secret',
    'dir /data',
    'port 6379',
  ]) {
    t.ok(stdout.split('\n').includes(line), line);
  }
});

t.test('healthcheck.mjs', async (t) => {
  let status = 200;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(status).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  t.equal(await health(port), 0);
  status = 503;
  t.equal(await health(port, 'readyz'), 1);
  t.same(asked, ['/healthz', '/readyz']);
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  t.equal(await health(port), 1, 'nobody answers');
});

async function health(port: number, ...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [`${ROOT}deploy/healthcheck.mjs`, ...args], {
    env: { OPS_PORT: String(port) },
    stdio: 'ignore',
  });
  return new Promise((resolve) => child.on('exit', resolve));
}
