import { createServer } from 'node:net';
import t from 'tap';
import { createWebhookClient, isGlobalAddress, webhookUrlProblem } from '#libs/platform';
import { startWebhookReceiver } from '../../helpers/webhook-receiver.ts';

const PUBLIC = [
  '8.8.8.8',
  '93.184.215.14',
  '172.32.0.1',
  '100.128.0.1',
  '2606:2800:21f:cb07::1',
  '2a00:1450::',
];

const NOT_PUBLIC: Record<string, string[]> = {
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd00:ec2::254', 'fec0::1'],
  'link-local and metadata': ['169.254.0.1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', '168.63.129.16'],
  'carrier-grade NAT': ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  'reserved and documentation': [
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '255.255.255.255',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '5f00::1',
    '4000::1',
  ],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:a00:1',
    '::127.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::10.0.0.1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001:0:7f00:1::',
  ],
  'no address': ['', 'localhost', '127.1', '0x7f000001', '2130706433', '1.2.3.4.5'],
};

t.test('which addresses are public', async (t) => {
  for (const address of PUBLIC) t.ok(isGlobalAddress(address), address);
  for (const [name, addresses] of Object.entries(NOT_PUBLIC)) {
    for (const address of addresses) t.notOk(isGlobalAddress(address), `${name}: ${address}`);
  }
});

t.test('which URLs may be told at all', async (t) => {
  for (const url of [
    'https://a.example',
    'https://a.example:8443/x?y=z',
    'https://8.8.8.8/',
    'https://[2a00:1450::1]/',
  ])
    t.equal(webhookUrlProblem(url), null, url);
  const refused: Record<string, RegExp> = {
    'not a url': /absolute/,
    'http://a.example': /https/,
    'ftp://a.example': /https/,
    'https://user@a.example': /user name/,
    'https://:secret@a.example': /password/,
    'https://a.example:22': /port/,
    'https://a.example:0': /port/,
    'https://127.0.0.1/': /public/,
    'https://127.1/': /public/,
    'https://0x7f000001:8443/': /public/,
    'https://2130706433/': /public/,
    'https://[::1]:8443/': /public/,
    'https://[::ffff:169.254.169.254]/': /public/,
  };
  for (const [url, problem] of Object.entries(refused)) t.match(webhookUrlProblem(url), problem, url);
});

t.test('over the wire', async (t) => {
  const receiver = await startWebhookReceiver(t);
  const open = (options = {}) => createWebhookClient({ ...receiver.reach, ...options });
  const post = (path: string, options = {}) =>
    open(options).post({ url: receiver.url(path), headers: { 'x-a': 'b' }, body: '{"type":"x"}' });

  await t.test('a status is the answer, whatever the body', async (t) => {
    t.same(await post('/fine?token=1'), { kind: 'answered', status: 200 });
    t.match(receiver.at('/fine?token=1'), [{ body: '{"type":"x"}', headers: { 'x-a': 'b' } }]);
    receiver.answer('/endless', (response) => {
      response.writeHead(202);
      const drip = setInterval(() => response.write(Buffer.alloc(512)), 1);
      response.on('close', () => clearInterval(drip));
    });
    t.same(await post('/endless'), { kind: 'answered', status: 202 });
  });

  await t.test('a redirect is not followed', async (t) => {
    receiver.answer('/moved', 302);
    t.same(await post('/moved'), { kind: 'answered', status: 302 });
    t.same(receiver.at('/redirected'), []);
  });

  await t.test('one private address among the public ones is enough to refuse', async (t) => {
    const resolve = async () => ['8.8.8.8', '127.0.0.1'];
    t.same(await post('/private', { resolve, isAllowed: undefined }), {
      kind: 'failed',
      detail: 'refused_address',
    });
    t.same(receiver.at('/private'), []);
  });

  await t.test('an address in place of a name is judged alike', async (t) => {
    const client = createWebhookClient({ ca: receiver.reach.ca ?? '' });
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:7f00:1]']) {
      const url = `https://${host}:${receiver.port}/literal`;
      t.same(await client.post({ url, headers: {}, body: '' }), { kind: 'failed', detail: 'refused_url' });
    }
    t.same(receiver.at('/literal'), []);
  });

  await t.test('the name is looked up once: another answer later changes nothing', async (t) => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return answers.shift() ?? [];
    };
    const isAllowed = (address: string) => address === '127.0.0.1';
    t.same(await post('/rebound', { resolve, isAllowed }), { kind: 'answered', status: 200 });
    t.same(asked, ['hooks.partner.test']);
    t.same(await post('/rebound', { resolve, isAllowed }), { kind: 'failed', detail: 'refused_address' });
    t.same(await post('/rebound', { resolve, isAllowed }), { kind: 'failed', detail: 'dns' });
    t.equal(receiver.at('/rebound').length, 1);
  });

  await t.test('failures have a short name', async (t) => {
    t.same(await post('/untrusted', { ca: undefined }), { kind: 'failed', detail: 'tls' });
    receiver.answer('/slow', () => undefined);
    t.same(await post('/slow', { totalTimeoutMs: 300 }), { kind: 'failed', detail: 'timeout' });
    receiver.answer('/cut', (response) => response.destroy());
    t.same(await post('/cut'), { kind: 'failed', detail: 'reset' });
    const url = `https://hooks.partner.test:${await closedPort()}/`;
    t.same(await open().post({ url, headers: {}, body: '' }), { kind: 'failed', detail: 'refused' });
    const http = `http://hooks.partner.test:${receiver.port}/`;
    t.same(await open().post({ url: http, headers: {}, body: '' }), {
      kind: 'failed',
      detail: 'refused_url',
    });
  });
});

async function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
