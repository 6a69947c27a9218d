import { spawnSync } from 'node:child_process';
import t from 'tap';

const SETTINGS = { level: 'info', app: 'gateway' };

/** The lines of a process that logs, and how it ended. */
function run(script: string): { lines: Record<string, unknown>[]; status: number | null } {
  const program = `import { createLogger } from '#libs/platform';
    const log = createLogger(${JSON.stringify(SETTINGS)});
    ${script}`;
  const child = spawnSync(
    process.execPath,
    ['--conditions=smsx-sources', '--import', 'tsx', '--input-type=module', '--eval', program],
    { encoding: 'utf8' },
  );
  const lines = child.stdout.split('\n').filter((line) => line !== '');
  return { lines: lines.map((line) => JSON.parse(line)), status: child.status };
}

const numbersIn = (lines: Record<string, unknown>[]) => lines.map(({ n }) => n);

t.test('lines that leave together come out whole and in order', async (t) => {
  const { lines } = run(`for (let n = 0; n < 1000; n += 1) log.info({ n }, 'x'.repeat(200));`);
  t.strictSame(
    numbersIn(lines),
    Array.from({ length: 1_000 }, (_, n) => n),
  );
  t.match(lines[0], { level: 30, app: 'gateway', pid: Number, time: String });
});

t.test('nothing is lost when the process ends in the turn of its last line', async (t) => {
  const { lines, status } = run(
    `log.info({ n: 1 }); log.fatal({ n: 2 }); log.info({ n: 3 }); process.exit(3);`,
  );
  t.strictSame(numbersIn(lines), [1, 2, 3]);
  t.equal(status, 3);
});

t.test('nor when it has nothing more to do', async (t) => {
  const { lines, status } = run(`log.info({ n: 1 });`);
  t.strictSame(numbersIn(lines), [1]);
  t.equal(status, 0);
});

t.test('nor is it held back while the process waits', async (t) => {
  const { lines } = run(`log.info({ n: 1 }); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 500);`);
  t.strictSame(numbersIn(lines), [1]);
});

t.test('nor when it dies of an error', async (t) => {
  const { lines, status } = run(`log.info({ n: 1 }); throw new Error('unexpected');`);
  t.strictSame(numbersIn(lines), [1]);
  t.equal(status, 1);
});

t.test('what must never be in a log is removed', async (t) => {
  const { lines } = run(`log.info({ n: 1, otp: '123456', api_key: 'k', call: { authorization: 'a' } });`);
  t.match(lines[0], { otp: '[removed]', api_key: '[removed]', call: { authorization: '[removed]' } });
});
