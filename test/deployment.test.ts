import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { configurationNames } from './helpers/configuration-names.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const APPS = ['gateway', 'worker', 'poller', 'console'];
const SCALED = ['worker', 'poller'];
/** Of the configuration, what a deployment has no use for: ports stay as they are inside a container. */
const NOT_OFFERED = ['PORT', 'CONSOLE_PORT', 'TWILIO_API_BASE_URL', 'CRASH_AT', 'FAULT_CLOCK_PERCENT'];

interface Service {
  image?: string;
  command?: string[];
  entrypoint?: string[];
  ports?: string[];
  container_name?: string;
  environment?: Record<string, string>;
  secrets?: string[];
  networks?: string[];
  volumes?: string[];
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  user?: string;
  profiles?: string[];
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
}

interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
}

const text = (path: string) => readFileSync(ROOT + path, 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.image?.startsWith('smsx:'));

t.test('docker-compose.yml', async (t) => {
  t.test('has every app, its database and its Redis', async (t) => {
    t.same(Object.keys(compose.services).sort(), [...APPS, 'migrate', 'postgres', 'redis', 'smsx'].sort());
    t.same(ours.map(([name]) => name).sort(), [...APPS, 'migrate', 'smsx'].sort());
  });

  t.test('lets worker and poller be scaled', async (t) => {
    for (const [name, service] of services) t.notOk(service.container_name, `${name} has no fixed name`);
    for (const name of SCALED) t.notOk(compose.services[name]?.ports, `${name} has no port on the host`);
  });

  t.test('publishes gateway and console only, on loopback unless told otherwise', async (t) => {
    for (const [name, { ports = [] }] of services) {
      if (name !== 'gateway' && name !== 'console') t.same(ports, [], name);
      for (const port of ports) t.match(port, /^\$\{\w+:-127\.0\.0\.1:\d+\}:\d+$/, name);
    }
    t.equal(compose.networks.data?.internal, true);
    for (const name of ['postgres', 'redis']) t.same(compose.services[name]?.networks, ['data'], name);
  });

  t.test('runs every container with the least rights', async (t) => {
    for (const [name, service] of services) {
      t.equal(service.read_only, true, `${name}: read-only`);
      t.same(service.cap_drop, ['ALL'], `${name}: no capability`);
      t.same(service.security_opt, ['no-new-privileges:true'], `${name}: no new privileges`);
      t.ok(service.tmpfs?.includes('/tmp'), `${name}: somewhere to write`);
      t.notMatch(service.image, /:latest$|^[^:]+$/, `${name}: a version`);
    }
    for (const name of ['postgres', 'redis']) t.not(compose.services[name]?.user ?? 'root', 'root', name);
  });

  t.test('knows whether each process lives, and starts them in order', async (t) => {
    for (const [name, { healthcheck }] of services) {
      const runsOnce = name === 'migrate' || name === 'smsx';
      t.equal(healthcheck?.disable ?? false, runsOnce, name);
      if (!runsOnce) t.match(healthcheck?.test?.[0], /^CMD/, `${name} has a health check`);
    }
    for (const name of APPS) {
      const { depends_on: after = {}, stop_grace_period: grace } = compose.services[name] ?? {};
      t.equal(after.migrate?.condition, 'service_completed_successfully', `${name} waits for the schema`);
      t.equal(after.redis?.condition, 'service_healthy', name);
      t.ok(Number.parseInt(grace ?? '0', 10) > 35, `${name} has longer to drain than the app takes`);
    }
    t.equal(compose.services.migrate?.depends_on?.postgres?.condition, 'service_healthy');
  });

  t.test('starts files that the build makes', async (t) => {
    for (const [name, service] of ours) {
      const file = [...(service.entrypoint ?? []), ...(service.command ?? [])].find((part) =>
        part.startsWith('dist/'),
      );
      t.ok(
        file && existsSync(ROOT + file.replace(/^dist\//, '').replace(/\.js$/, '.ts')),
        `${name}: ${file}`,
      );
    }
    const hostFiles = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((path) => path.startsWith('./'));
    t.same(hostFiles, ['./deploy/postgres/create-role.sh', './deploy/redis.sh']);
    for (const file of hostFiles) t.ok(statSync(ROOT + file).mode & 0o100, `${file} can be run`);
  });

  t.test('offers every variable of the configuration, and no other', async (t) => {
    const image = dockerfile()
      .filter(([name]) => name === 'ENV')
      .map(([, value]) => value)
      .join(' ');
    const fromImage = [...image.matchAll(/\b([A-Z_]{2,})=/g)].map((match) => match[1]);
    for (const [name, service] of ours) {
      const offered = [
        ...Object.keys(service.environment ?? {}),
        ...(service.secrets ?? []).map((secret) => secret.toUpperCase()),
        ...fromImage,
        ...NOT_OFFERED,
      ];
      t.same(offered.sort(), configurationNames(), name);
    }
  });

  t.test('declares each secret it uses, as a file that create-secrets.sh makes', async (t) => {
    const used = new Set(services.flatMap(([, service]) => service.secrets ?? []));
    t.same([...used].sort(), Object.keys(compose.secrets).sort());
    const folder = t.testdir({});
    t.equal(spawnSync('sh', [`${ROOT}deploy/create-secrets.sh`, folder]).status, 0);
    t.same(readdirSync(folder).sort(), [...used].sort());
    for (const [name, { file }] of Object.entries(compose.secrets)) t.equal(file, `./secrets/${name}`);
  });

  t.test('takes the settings that .env.example explains', async (t) => {
    const explained = [...text('.env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    const taken = new Set(
      [...text('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map((match) => match[1]),
    );
    t.same(explained.sort(), [...taken].sort());
  });

  t.test('secrets and settings stay out of the repository', async (t) => {
    for (const path of ['secrets/', '.env']) t.ok(text('.gitignore').split('\n').includes(path), path);
    t.equal(
      text('.dockerignore')
        .split('\n')
        .find((line) => line && !line.startsWith('#')),
      '*',
    );
    t.notMatch(text('.dockerignore'), /^!(secrets|\.env)/m);
  });
});

t.test('Dockerfile', async (t) => {
  const instructions = dockerfile();
  const of = (name: string) => instructions.filter(([found]) => found === name).map(([, value]) => value);
  const last = instructions.slice(instructions.map(([name]) => name).lastIndexOf('FROM'));

  t.test('is built on a pinned Node, from the lock file', async (t) => {
    t.match(of('ARG')[0], /^NODE_IMAGE=node:24\.\d+/);
    for (const from of of('FROM')) t.match(from, /^\$\{NODE_IMAGE\}/);
    t.ok(of('FROM').length > 1, 'several stages');
    t.match(of('COPY')[0], /package-lock\.json/);
    t.ok(of('RUN').some((command) => /^npm ci /.test(command)));
    t.ok(of('RUN').some((command) => /npm prune --omit=dev/.test(command)));
  });

  t.test('ends as a user without rights, who can be asked and stopped', async (t) => {
    const value = (wanted: string) => last.find(([name]) => name === wanted)?.[1];
    t.equal(value('USER'), '1000:1000');
    t.equal(value('STOPSIGNAL'), 'SIGTERM');
    t.match(value('HEALTHCHECK'), /CMD \["node", "deploy\/healthcheck\.mjs"\]$/);
    t.equal(value('ENTRYPOINT'), '["/app/deploy/with-secrets.sh"]');
    t.match(value('ENV'), /NODE_ENV=production .*\bHOST=0\.0\.0\.0 CONSOLE_HOST=0\.0\.0\.0 OPS_PORT=\d+/);
  });

  t.test('brings what `npm run smsx` needs', async (t) => {
    const copied = last
      .filter(([name]) => name === 'COPY')
      .map(([, value]) => value)
      .join('\n');
    for (const path of [
      'package.json',
      '.npmrc',
      'node_modules',
      'dist',
      'scripts/smsx.mjs',
      'scripts/lib',
    ]) {
      t.match(copied, `/app/${path}`);
    }
  });

  t.test('copies only what .dockerignore lets through', async (t) => {
    const allowed = text('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = of('COPY')
      .filter((value) => !value.startsWith('--from'))
      .flatMap((value) => value.split(/\s+/).slice(0, -1));
    for (const source of sources) t.ok(allowed.includes(source), source);
    for (const path of allowed) t.ok(existsSync(ROOT + path), `${path} exists`);
  });
});

/** Name and value of each instruction, continued lines joined. */
function dockerfile(): [string, string][] {
  return text('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1).trim()]);
}
