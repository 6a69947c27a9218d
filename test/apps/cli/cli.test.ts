import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { openDatabase } from '#libs/platform';
import { parseApiKey } from '#libs/services';
import { listAudit } from '#libs/store';
import { COMMANDS } from '../../../apps/cli/commands/index.ts';
import { overview } from '../../../apps/cli/help.ts';
import { createBareDatabase, type Teardown, testRedisUrl } from '../../helpers/services.ts';
import { SMSBOWER_KEY, startSystem } from '../../helpers/system.ts';
import { smsx, smsxProcess } from './smsx.ts';

const NOWHERE = 'redis://127.0.0.1:1';

/** Redis is deliberately out of reach: what needs only the database must not care. */
async function migrated(t: Teardown): Promise<Record<string, string>> {
  const env = { DATABASE_URL: await createBareDatabase(t), REDIS_URL: NOWHERE };
  await smsx(['migrate'], env);
  return env;
}

async function auditOf(t: Teardown, databaseUrl: string) {
  const db = openDatabase({ url: databaseUrl, applicationName: 'test', onError: () => undefined });
  t.teardown(() => db.close());
  return listAudit(db, 100);
}

t.test('help needs no environment and tells of every command', async (t) => {
  const whole = await smsxProcess(['help'], {});
  t.equal(whole.code, 0);
  const bare = await smsx([], {});
  t.equal(bare.stdout, whole.stdout);
  const files = readdirSync(fileURLToPath(new URL('../../../apps/cli/commands/', import.meta.url)))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.replace('.ts', ''));
  t.same(
    COMMANDS.map(({ name }) => name.replace(' ', '-')).sort(),
    files.sort(),
    'every file is in the index',
  );
  for (const { name } of COMMANDS) t.match(overview(COMMANDS), `\n  ${name} `);
  for (const { name, examples } of COMMANDS)
    t.ok(examples.length > 0 && examples.every((line) => line.startsWith(name)), `${name} has examples`);
  t.match((await smsx(['help', '--json'], {})).json, { ok: true, help: /wallet credit/ });
  const one = await smsx(['wallet', 'credit', '--help'], {});
  t.equal(one.code, 0);
  t.match(one.stdout, /--reference <text>[\s\S]*Examples:\n {2}\$ smsx wallet credit/);
});

t.test('a wrong call is exit code 2, with and without --json', async (t) => {
  for (const args of [['nonsense'], ['user'], ['wallet', 'show'], ['user', 'list', '--what']]) {
    const people = await smsx(args, {});
    t.equal(people.code, 2, args.join(' '));
    t.equal(people.stdout, '');
    t.not(people.stderr, '');
  }
  const programs = await smsxProcess(['wallet', 'show', '--json'], {});
  t.equal(programs.code, 2);
  t.match(programs.json, { ok: false, error: 'usage', message: /--user/ });
});

t.test('a missing environment lists every mistake at once', async (t) => {
  const people = await smsx(['user', 'list'], { PORT: 'x' });
  t.equal(people.code, 1);
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'PORT']) t.match(people.stderr, name);
  const programs = await smsxProcess(['user', 'list', '--json'], {});
  t.equal(programs.code, 1);
  t.match(programs.json, { ok: false, error: 'invalid_configuration' });
  t.equal((programs.json.mistakes as string[]).length, 2);
});

t.test('a database that is away, and one without tables, are told apart', async (t) => {
  const away = { DATABASE_URL: 'postgres://smsx:hidden@127.0.0.1:1/smsx', REDIS_URL: NOWHERE };
  for (const command of [['user', 'list'], ['migrate']]) {
    const { code, json, stdout } = await smsx([...command, '--json'], away);
    t.equal(code, 1);
    t.match(json, { error: 'database_unreachable', message: '127.0.0.1:1', hint: /DATABASE_URL/ });
    t.notMatch(stdout, 'hidden');
  }
  const empty = { DATABASE_URL: await createBareDatabase(t), REDIS_URL: NOWHERE };
  t.match((await smsx(['user', 'list', '--json'], empty)).json, {
    error: 'not_migrated',
    hint: /smsx migrate/,
  });
});

t.test('two migrations at once are safe, and a third finds nothing to do', async (t) => {
  const env = { DATABASE_URL: await createBareDatabase(t), REDIS_URL: NOWHERE };
  const both = await Promise.all([
    smsxProcess(['migrate', '--json'], env),
    smsxProcess(['migrate', '--json'], env),
  ]);
  t.same(
    both.map(({ code }) => code),
    [0, 0],
  );
  const applied = both.map(({ json }) => (json.applied as string[]).length).sort((a, b) => a - b);
  t.equal(applied[0], 0);
  t.ok(Number(applied[1]) > 5);
  t.same((await smsx(['migrate', '--json'], env)).json, { ok: true, applied: [] });
});

t.test('a partner is set up: user, key, money; each step in the audit log', async (t) => {
  const env = await migrated(t);
  t.match((await smsx(['user', 'create', '--name', 'A Ltd', '--id', '7', '--json'], env)).json, {
    id: 7,
    created: true,
  });
  const again = await smsx(['user', 'create', '--name', 'A Ltd', '--id', '7', '--if-absent', '--json'], env);
  t.match(again.json, { ok: true, id: 7, created: false });
  const taken = await smsx(['user', 'create', '--name', 'B', '--id', '7'], env);
  t.equal(taken.code, 1);
  t.match(taken.stderr, /7 belongs to another user[\s\S]*--if-absent/);

  const key = await smsx(
    ['key', 'create', '--user', '7', '--name', 'k', '--scopes', 'send,read', '--json'],
    env,
  );
  t.ok(parseApiKey(String(key.json.secret)), 'the secret is a whole key');
  t.match(key.json, { user_id: 7, scopes: ['send', 'read'] });

  const credit = [
    'wallet',
    'credit',
    '--user',
    '7',
    '--amount',
    '12.50',
    '--reason',
    'x',
    '--reference',
    'R',
  ];
  t.match((await smsx([...credit, '--json'], env)).json, {
    repeated: false,
    balance: '12.50',
    available: '12.50',
  });
  const repeated = await smsx(credit, env);
  t.equal(repeated.code, 0);
  t.match(repeated.stdout, /Booked before[\s\S]*nothing was moved[\s\S]*12\.50 USD/);
  const other = await smsx(credit.map((word) => (word === '12.50' ? '13' : word)).concat('--json'), env);
  t.equal(other.code, 1);
  t.match(other.json, { error: 'reference_conflict' });
  const debit = await smsx(
    ['wallet', 'debit', '--user', '7', '--amount', '13', '--reason', 'x', '--json'],
    env,
  );
  t.equal(debit.code, 1);
  t.match(debit.json, { error: 'insufficient_funds', required: '13.00', available: '12.50' });
  t.match((await smsx(['wallet', 'show', '--user', '7', '--json'], env)).json, {
    balance: '12.50',
    held: '0.00',
    entries: [{ version: 1, kind: 'credit', amount: '12.50', reference: 'R' }],
  });

  const audit = await auditOf(t, env.DATABASE_URL ?? '');
  t.same(audit.map(({ action }) => action).reverse(), ['user.created', 'key.created', 'wallet.credit']);
  t.match(audit[0]?.actor, /^cli:./);
  t.notMatch(JSON.stringify(audit), String(key.json.secret).slice(24, 60), 'no secret in it');
});

t.test('amounts, ids, scopes, times and addresses are checked before anything happens', async (t) => {
  const env = await migrated(t);
  await smsx(['user', 'create', '--name', 'A'], env);
  const move = (amount: string) => ['wallet', 'credit', '--user', '1', '--amount', amount, '--reason', 'x'];
  const create = (...more: string[]) => ['key', 'create', '--user', '1', '--name', 'k', ...more];
  const wrong: [string[], string][] = [
    [move('12,50'), 'invalid_amount'],
    [move('0'), 'invalid_amount'],
    [move('-5'), 'invalid_amount'],
    [move('0.0000001'), 'invalid_amount'],
    [create('--scopes', 'send,fly'), 'invalid_scopes'],
    [create('--expires', 'tomorrow'), 'invalid_expires'],
    [create('--expires', '2001-01-01T00:00:00Z'), 'invalid_expires'],
    [create('--cidr', '10.0.0.0/99'), 'invalid_cidr'],
    [['markup', 'set', '--percent', '5'], 'missing_scope'],
    [['operator', 'create', '--name', 'a b'], 'invalid_name'],
  ];
  for (const [args, error] of wrong) {
    const { code, json } = await smsx([...args, '--json'], env);
    t.equal(code, 2, args.join(' '));
    t.match(json, { ok: false, error });
  }
  const unknown = await smsx(
    ['wallet', 'credit', '--user', '99', '--amount', '1', '--reason', 'x', '--json'],
    env,
  );
  t.equal(unknown.code, 1);
  t.match(unknown.json, { error: 'unknown_user', hint: /smsx user list/ });
});

t.test('a key is rotated with an overlap and then revoked', async (t) => {
  const env = await migrated(t);
  await smsx(['user', 'create', '--name', 'A'], env);
  const old = (await smsx(['key', 'create', '--user', '1', '--name', 'k', '--scopes', 'rent', '--json'], env))
    .json;
  const fresh = (await smsx(['key', 'rotate', String(old.id), '--overlap', '2h', '--json'], env)).json;
  t.match(fresh, { replaces: old.id, name: 'k', scopes: ['rent'], user_id: 1 });
  t.not(fresh.secret, old.secret);
  const listed = (await smsx(['key', 'list', '--json'], env)).json.keys as Record<string, string>[];
  t.same(
    listed.map(({ state }) => state),
    ['live', 'live'],
  );
  const left = Date.parse(listed.find(({ id }) => id === old.id)?.expires_at ?? '') - Date.now();
  t.ok(left > 7_000_000 && left <= 7_200_000, 'the old one lives two hours more');
  t.notMatch(JSON.stringify(listed), 'secret');
  t.equal(
    (await smsx(['key', 'revoke', String(old.secret), '--json'], env)).code,
    0,
    'the whole key names it too',
  );
  t.match((await smsx(['key', 'revoke', String(old.id), '--json'], env)).json, { error: 'key_ended' });
});

t.test(
  'a provider is added with its key from a file or from standard input, never shown again',
  async (t) => {
    const env = { ...(await migrated(t)), PUBLIC_BASE_URL: 'https://sms.example.com' };
    const file = join(t.testdir(), 'key.txt');
    await writeFile(file, 'provider-key-one\n');
    const url = 'https://smsbower.example/stubs/handler_api.php';
    const add = ['provider', 'add', '--name', 'S', '--url', url, '--json'];
    const first = await smsx([...add, '--api-key-file', file], env);
    t.match(first.json, {
      id: 1,
      callback_url: /^https:\/\/sms\.example\.com\/callbacks\/smsbower\/[0-9a-f]{48}$/,
    });
    t.equal((await smsxProcess(add, env, 'provider-key-two\n')).json.id, 2);
    t.match((await smsxProcess(add, env, '\n')).json, { error: 'missing_secret' });
    t.match((await smsx([...add, '--url', 'http://example.com/x'], env)).json, { error: 'invalid_url' });
    const list = await smsx(['provider', 'list', '--json'], env);
    t.notMatch(list.stdout + first.stdout, 'provider-key');
    t.equal((list.json.providers as unknown[]).length, 2);
    t.match((await smsx(['provider', 'disable', '2', '--json'], env)).json, { id: 2, changed: true });
    t.match((await smsx(['provider', 'disable', '9', '--json'], env)).json, { error: 'unknown_provider' });
  },
);

t.test('markup rules are set, replaced, listed and removed', async (t) => {
  const env = { ...(await migrated(t)), DEFAULT_MARKUP_PERCENT: '2.5' };
  await smsx(['markup', 'set', '--service', 'tg', '--country', '0', '--percent', '10'], env);
  const set = await smsx(
    ['markup', 'set', '--service', 'tg', '--country', '0', '--percent', '12.5', '--json'],
    env,
  );
  t.match(set.json, { percent: '12.5', country: 0 });
  t.match((await smsx(['markup', 'list', '--json'], env)).json, {
    default_percent: '2.5',
    rules: [{ user_id: null, service: 'tg', country: 0, percent: '12.5' }],
  });
  t.equal((await smsx(['markup', 'remove', String(set.json.id)], env)).code, 0);
  t.match((await smsx(['markup', 'remove', String(set.json.id), '--json'], env)).json, {
    error: 'unknown_rule',
  });
});

t.test('an operator gets a generated password once, or the one from standard input', async (t) => {
  const env = await migrated(t);
  const first = await smsx(['operator', 'create', '--name', 'alice', '--role', 'admin', '--json'], env);
  t.match(first.json, { role: 'admin', replaced: false, password: /^[a-z2-9-]{27}$/ });
  const given = ['operator', 'create', '--name', 'alice', '--password-file', '-', '--json'];
  t.match((await smsxProcess(given, env, 'a long enough one\n')).json, {
    role: 'viewer',
    replaced: true,
    password: null,
  });
  t.match((await smsxProcess(given, env, 'short\n')).json, { error: 'invalid_password' });
});

t.test('the doctor: healthy with warnings, exit code 1 when something is wrong', async (t) => {
  const env = { ...(await migrated(t)), REDIS_URL: testRedisUrl() };
  const healthy = await smsxProcess(['doctor', '--json'], env);
  t.equal(healthy.code, 0, healthy.stdout);
  const statusOf = (outcome: typeof healthy, check: string) =>
    (outcome.json.checks as Record<string, string>[]).find((line) => line.check === check)?.status;
  for (const check of ['database', 'migrations', 'redis', 'redis eviction', 'invariants', 'clock of Redis'])
    t.equal(statusOf(healthy, check), 'ok', check);
  t.equal(statusOf(healthy, 'twilio'), 'off');

  const people = await smsx(['doctor'], { ...env, REDIS_URL: NOWHERE });
  t.equal(people.code, 1);
  t.match(people.stdout, /✗ {2}redis .*correct REDIS_URL/);
  t.notMatch(people.stdout, '\x1b[', 'no colour away from a terminal');

  const empty = await smsx(['doctor', '--json'], { ...env, DATABASE_URL: await createBareDatabase(t) });
  t.equal(empty.code, 1);
  t.equal(statusOf(empty, 'migrations'), 'fail');
});

t.test(
  'beside a worker and a poller: the catalogue is fetched, the doctor sees every provider',
  async (t) => {
    const { sandbox, config } = await startSystem(t);
    const env = {
      DATABASE_URL: config.databaseUrl,
      REDIS_URL: testRedisUrl(),
      TWILIO_ACCOUNT_SID: config.twilio?.accountSid ?? '',
      TWILIO_AUTH_TOKEN: 'not the token',
      TWILIO_FROM: '+15005550006',
      TWILIO_API_BASE_URL: sandbox.twilioBaseUrl,
    };
    const synced = await smsx(['catalogue', 'sync', '--json'], env);
    t.equal(synced.code, 0, synced.stdout);
    const [line] = synced.json.providers as { countries: number; services: number }[];
    t.ok(Number(line?.countries) > 5 && Number(line?.services) > 5, 'with their counts');

    const add = [
      'provider',
      'add',
      '--name',
      'Bad',
      '--url',
      sandbox.smsbowerUrl,
      '--api-key',
      `${SMSBOWER_KEY}-not`,
    ];
    t.equal((await smsx(add, env)).code, 0);
    const doctor = await smsx(['doctor', '--json'], env);
    t.equal(doctor.code, 1);
    const checks = doctor.json.checks as { check: string; status: string; result: string }[];
    t.match(
      checks.find(({ check }) => check === 'smsbower 1 SMSBower'),
      { status: 'ok', result: /balance \d+\.\d+ USD/ },
    );
    t.match(
      checks.find(({ check }) => check === 'smsbower 2 Bad'),
      { status: 'fail', result: /BAD_KEY/ },
    );
    t.match(
      checks.find(({ check }) => check === 'twilio'),
      { status: /fail|warn/ },
    );
    t.notMatch(doctor.stdout, SMSBOWER_KEY);
    t.equal((await smsx(['catalogue', 'sync', '--json'], env)).code, 1, 'one that fails makes it fail');
  },
);
