import t from 'tap';
import { formatApiKey } from '#libs/services';
import { createFailedSignIns } from '../../../apps/gateway/plugins/failed-sign-ins.ts';
import { startTestGateway, type TestGateway } from './gateway.ts';

const PER_ADDRESS = 600;
const OF_ALL = 6_000;

t.test('an address with many wrong keys is refused until the window ends, and no other address', (t) => {
  let now = 5_000;
  const failures = createFailedSignIns(() => now);
  t.equal(failures.refusal('198.51.100.1'), null);
  for (let i = 0; i < PER_ADDRESS; i += 1) {
    t.equal(failures.refusal('198.51.100.1'), null);
    failures.note('198.51.100.1');
  }
  t.same(failures.refusal('198.51.100.1'), { limit: PER_ADDRESS, resetSeconds: 60 });
  t.same(
    failures.refusal('::ffff:198.51.100.1'),
    { limit: PER_ADDRESS, resetSeconds: 60 },
    'written otherwise',
  );
  t.equal(failures.refusal('198.51.100.2'), null);
  now += 59_500;
  t.same(failures.refusal('198.51.100.1'), { limit: PER_ADDRESS, resetSeconds: 1 });
  now += 500;
  t.equal(failures.refusal('198.51.100.1'), null);
  failures.note('198.51.100.1');
  t.equal(failures.refusal('198.51.100.1'), null, 'a new window begins with nothing');
  t.end();
});

t.test('neighbours in one IPv6 network count together', (t) => {
  const failures = createFailedSignIns();
  for (let i = 0; i < PER_ADDRESS; i += 1) failures.note(`2001:db8:0:7::${i.toString(16)}`);
  t.match(failures.refusal('2001:db8:0:7:ffff::1'), { limit: PER_ADDRESS });
  t.equal(failures.refusal('2001:db8:0:8::1'), null);
  t.end();
});

t.test('many addresses together are refused at last, whatever they are', (t) => {
  const failures = createFailedSignIns();
  for (let i = 0; i < OF_ALL; i += 1) failures.note(`address ${i}`);
  t.match(failures.refusal('198.51.100.1'), { limit: OF_ALL });
  t.end();
});

t.test(
  'the gateway looks at no further key of such an address, but serves the one in use there',
  async (t) => {
    const gateway = await startTestGateway(t, { TRUST_PROXY: '127.0.0.0/8' });
    const other = await gateway.newPartner();
    t.equal((await ask(gateway, gateway.main.secret, '198.51.100.1')).statusCode, 200);
    const wrong = formatApiKey({ mode: 'live', id: '0123456789ab', secret: '0'.repeat(64) });
    for (let i = 0; i < PER_ADDRESS; i += 1) {
      const reply = await ask(gateway, i % 2 === 0 ? wrong : 'not even a key', '198.51.100.1');
      t.equal(reply.statusCode, 401);
    }
    const refused = await ask(gateway, wrong, '198.51.100.1');
    t.equal(refused.statusCode, 429);
    t.match(refused.json(), { ok: false, error: 'rate_limited', message: /wrong API keys/ });
    const waitSeconds = Number(refused.headers['retry-after']);
    t.ok(waitSeconds >= 1 && waitSeconds <= 60);
    t.match(refused.headers, { 'ratelimit-limit': '600', 'ratelimit-remaining': '0' });
    t.equal(refused.headers['ratelimit-reset'], refused.headers['retry-after']);
    t.match(await gateway.metrics.registry.metrics(), /smsx_http_sign_ins_refused_total\{[^}]*\} 1\n/);

    t.equal(
      (await ask(gateway, gateway.main.secret, '198.51.100.1')).statusCode,
      200,
      'its key is known here',
    );
    t.equal(
      (await ask(gateway, other.secret, '198.51.100.1')).statusCode,
      429,
      'a key not seen before is not',
    );
    t.equal((await ask(gateway, other.secret, '198.51.100.2')).statusCode, 200);
    t.equal((await ask(gateway, other.secret, '198.51.100.1')).statusCode, 200, 'and now it is known');
    t.equal((await ask(gateway, wrong, '198.51.100.2')).statusCode, 401, 'another address is another matter');
    t.equal((await ask(gateway, '', '198.51.100.1')).statusCode, 401, 'no key is no wrong key');
  },
);

function ask({ app }: TestGateway, key: string, address: string) {
  const headers = { 'x-forwarded-for': address, ...(key ? { 'x-api-key': key } : {}) };
  return app.inject({ url: '/api/virtual-numbers.php?action=wallet', headers });
}
