import t from 'tap';
import { type Config, ConfigError, environmentWith, providerUrlProblem, readConfig } from '#libs/platform';

const NEEDED = {
  DATABASE_URL: 'postgres://smsx:pw@127.0.0.1:5432/smsx',
  REDIS_URL: 'redis://127.0.0.1:6379',
};
const TWILIO = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+15005550006' };
const KEY = Buffer.alloc(32, 7).toString('base64');

t.test('two variables suffice; the rest has defaults', async (t) => {
  const config = readConfig(NEEDED);
  t.match(config, {
    production: false,
    databaseUrl: NEEDED.DATABASE_URL,
    redis: { kind: 'single', url: NEEDED.REDIS_URL },
    host: '127.0.0.1',
    port: 8080,
    consoleHost: '127.0.0.1',
    consolePort: 8081,
    opsPort: 0,
    publicBaseUrl: null,
    twilio: null,
    smsbower: null,
    partnerUserId: null,
    partnerApiId: null,
    defaultMarkupMillipercent: 0n,
    activationLifetimeSeconds: 1200,
    unknownGraceSeconds: 120,
    unknownSendWindowSeconds: 60,
    encryptionKeyConfigured: false,
    rateLimitPerSecond: 100,
    logLevel: 'info',
  });
  t.same([config.trustProxy, config.partnerApiKeys], [[], []]);
  t.equal(config.encryptionKey.length, 32, 'a worthless key stands in outside production');
});

t.test('an empty variable counts as unset', async (t) => {
  const empty = {
    PORT: '',
    TWILIO_ACCOUNT_SID: ' ',
    ENCRYPTION_KEY: '',
    TRUST_PROXY: ',',
    PARTNER_VIRTUAL_USER_ID: '',
  };
  t.same(readConfig({ ...NEEDED, ...empty }), readConfig(NEEDED));
});

t.test('every mistake is told at once, with the name of its variable', async (t) => {
  const mistakes = mistakesOf({
    PORT: 'http',
    LOG_LEVEL: 'loud',
    PARTNER_VIRTUAL_USER_ID: '0',
    ENCRYPTION_KEY: 'short',
  });
  const names = [
    'DATABASE_URL',
    'REDIS_URL',
    'PORT',
    'LOG_LEVEL',
    'PARTNER_VIRTUAL_USER_ID',
    'ENCRYPTION_KEY',
  ];
  for (const name of names)
    t.ok(
      mistakes.some((mistake) => mistake.startsWith(`${name} `)),
      name,
    );
  t.equal(mistakes.length, names.length);
  t.match(new ConfigError(mistakes).message, /6 mistake/);
});

t.test('a mistake never repeats a secret', async (t) => {
  const secrets = {
    PARTNER_API_KEYS: 'shop:hunter2',
    ENCRYPTION_KEY: 'hunter2',
    DATABASE_URL: 'mysql://smsx:hunter2@db/smsx',
    REDIS_URL: 'http://:hunter2@redis',
    TWILIO_AUTH_TOKEN: 'hunter2',
    SMSBOWER_API_KEY: 'hunter2',
    SMSBOWER_API_URL: 'http://example.com/?api_key=hunter2',
  };
  const mistakes = mistakesOf(secrets);
  t.ok(mistakes.length >= 6);
  t.notMatch(mistakes.join('\n'), /hunter2/);
});

t.test('production demands an encryption key of its own', async (t) => {
  t.match(mistakesOf({ ...NEEDED, NODE_ENV: 'production' }), [/^ENCRYPTION_KEY is required in production/]);
  const config = readConfig({ ...NEEDED, NODE_ENV: 'production', ENCRYPTION_KEY: KEY });
  t.match(config, { production: true, encryptionKeyConfigured: true, drainSeconds: 5 });
  t.equal(config.encryptionKey.toString('base64'), KEY);
});

t.test('what each variable takes and refuses', async (t) => {
  const cases: Record<string, { takes: string[]; refuses: string[] }> = {
    DATABASE_URL: { takes: ['postgresql://db/smsx'], refuses: ['mysql://db', 'db.example.com'] },
    REDIS_URL: {
      takes: ['rediss://r:6380', 'redis+cluster://a:1,b:2', 'redis+sentinel://s:26379/mymaster'],
      refuses: ['http://r', 'redis+cluster://a', 'redis+sentinel://s:26379'],
    },
    PORT: { takes: ['0', '65535'], refuses: ['-1', '65536', '80.5', '0x50'] },
    OPS_PORT: { takes: ['9090'], refuses: ['none'] },
    DRAIN_SECONDS: { takes: ['0', '60'], refuses: ['-1', '61'] },
    PUBLIC_BASE_URL: {
      takes: ['https://sms.example.com/'],
      refuses: ['sms.example.com', 'ftp://x', 'https://x?y=1'],
    },
    TRUST_PROXY: { takes: ['10.0.0.0/8, ::1'], refuses: ['loopback', '10.0.0.0/33'] },
    PARTNER_API_KEYS: {
      takes: ['shop:12345678,other:abc:defgh'],
      refuses: ['shop', ':12345678', 'shop:', 'a:12345678,a:87654321', 'shop:with space'],
    },
    PARTNER_VIRTUAL_API_ID: { takes: ['1'], refuses: ['0', '2147483648'] },
    SMSBOWER_API_URL: { takes: [], refuses: ['https://example.com/stubs/handler_api.php'] },
    DEFAULT_MARKUP_PERCENT: { takes: ['12.5', '0'], refuses: ['-1', '5%', '1.2345'] },
    ACTIVATION_LIFETIME_SECONDS: { takes: ['1'], refuses: ['0'] },
    UNKNOWN_GRACE_SECONDS: { takes: ['0'], refuses: ['-1'] },
    UNKNOWN_SEND_WINDOW_SECONDS: { takes: ['86400'], refuses: ['86401'] },
    ENCRYPTION_KEY: { takes: [KEY], refuses: ['x'.repeat(40), Buffer.alloc(31).toString('base64')] },
    RATE_LIMIT_PER_SECOND: { takes: ['0'], refuses: ['-5', 'many'] },
    LOG_LEVEL: { takes: ['silent'], refuses: ['INFO'] },
  };
  for (const [name, { takes, refuses }] of Object.entries(cases)) {
    for (const value of takes) t.same(mistakesOf({ ...NEEDED, [name]: value }), [], `${name}=${value}`);
    for (const value of refuses) {
      t.match(
        mistakesOf({ ...NEEDED, [name]: value })[0],
        new RegExp(`^(${name}|SMSBOWER_API_KEY) `),
        `${name}=${value}`,
      );
    }
  }
});

t.test('values arrive in the form the apps use', async (t) => {
  const config = readConfig({
    ...NEEDED,
    ...TWILIO,
    PUBLIC_BASE_URL: 'https://sms.example.com//',
    TRUST_PROXY: '10.0.0.0/8, ::1',
    PARTNER_API_KEYS: 'shop:12345678,other:abc:defgh',
    DEFAULT_MARKUP_PERCENT: '12.5',
    SMSBOWER_API_KEY: 'bower',
    TWILIO_API_BASE_URL: 'http://127.0.0.1:8090/',
  });
  t.equal(config.publicBaseUrl, 'https://sms.example.com');
  t.same(config.trustProxy, ['10.0.0.0/8', '::1']);
  t.same(config.partnerApiKeys, [
    { name: 'shop', secret: '12345678' },
    { name: 'other', secret: 'abc:defgh' },
  ]);
  t.equal(config.defaultMarkupMillipercent, 12_500n);
  t.match(config.smsbower, { apiKey: 'bower', apiUrl: /^https:\/\/.+\/stubs\/handler_api\.php$/ });
  t.equal(config.twilio?.apiBaseUrl, 'http://127.0.0.1:8090');
});

t.test('half a provider is a mistake, not a provider', async (t) => {
  for (const name of Object.keys(TWILIO)) {
    const rest = Object.fromEntries(Object.entries(TWILIO).filter(([key]) => key !== name));
    t.match(mistakesOf({ ...NEEDED, ...rest }), [new RegExp(`^${name} is missing`)], `without ${name}`);
  }
  const service = { ...NEEDED, ...TWILIO, TWILIO_FROM: '', TWILIO_MESSAGING_SERVICE_SID: 'MG1' };
  t.match(readConfig(service).twilio, { from: null, messagingServiceSid: 'MG1' });
  t.match(mistakesOf({ ...NEEDED, ...TWILIO, TWILIO_ACCOUNT_SID: 'SK1' }), [/starts with AC/]);
});

t.test('credentials travel over TLS, or within this host', async (t) => {
  for (const url of [
    'https://api.twilio.com',
    'http://127.0.0.1:8090',
    'http://localhost/x',
    'http://[::1]:1',
  ]) {
    t.equal(providerUrlProblem(url), null, url);
  }
  for (const url of [
    'http://api.twilio.com',
    'http://127.0.0.1.example.com',
    'ftp://localhost',
    'api.twilio.com',
  ]) {
    t.type(providerUrlProblem(url), 'string', url);
  }
});

t.test('the console never shares the gateway’s port', async (t) => {
  t.match(mistakesOf({ ...NEEDED, PORT: '9000', CONSOLE_PORT: '9000' }), [/^CONSOLE_PORT must differ/]);
  t.same(mistakesOf({ ...NEEDED, PORT: '0', CONSOLE_PORT: '0' }), [], 'any free port is another each time');
});

t.test('stand-ins complete whole groups only', async (t) => {
  const groups: Record<string, string>[] = [
    { PORT: '1' },
    { TWILIO_ACCOUNT_SID: 'AC0', TWILIO_AUTH_TOKEN: 'sandbox' },
  ];
  t.match(environmentWith(groups, { PORT: ' ' }), {
    PORT: '1',
    TWILIO_ACCOUNT_SID: 'AC0',
    TWILIO_AUTH_TOKEN: 'sandbox',
  });
  const half = environmentWith(groups, { TWILIO_ACCOUNT_SID: 'AC9' });
  t.same(half, { TWILIO_ACCOUNT_SID: 'AC9', PORT: '1' }, 'half a provider is not completed by another’s');
});

function mistakesOf(env: Record<string, string>): string[] {
  try {
    const config: Config = readConfig(env);
    return config ? [] : ['no configuration'];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

t.test('what only fault tests set is checked, and refused in production', async (t) => {
  const faults = { ...NEEDED, CRASH_AT: 'sms-send.claimed:stop', FAULT_CLOCK_PERCENT: '10' };
  const config = readConfig(faults);
  t.equal(config.crashAt, 'sms-send.claimed:stop');
  t.equal(config.timings.purchaseMs, 3_000);
  t.throws(() => readConfig({ ...NEEDED, CRASH_AT: 'nowhere' }), { message: /CRASH_AT must be one of/ });
  t.throws(() => readConfig({ ...faults, NODE_ENV: 'production', ENCRYPTION_KEY: KEY }), {
    message: /CRASH_AT is for fault tests only[\s\S]*|FAULT_CLOCK_PERCENT is for fault tests only/,
    mistakes: { length: 2 },
  });
});

t.test('a call is given up before its worker counts as gone', async (t) => {
  const slackMs = 2_500;
  for (const percent of ['1', '10', '100']) {
    const { timings } = readConfig({ ...NEEDED, FAULT_CLOCK_PERCENT: percent });
    const { connectMs, sendMs, purchaseMs, readMs, claimFreshMs } = timings;
    t.ok(connectMs + 2 * sendMs + slackMs < timings.sendGoneSeconds * 1_000);
    t.ok(connectMs + purchaseMs + readMs + slackMs < timings.purchaseGoneSeconds * 1_000);
    t.ok(claimFreshMs < timings.sendGoneSeconds * 1_000);
  }
});
