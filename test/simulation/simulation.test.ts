import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));

t.setTimeout(900_000);

t.test('random histories of faults keep every promise', async (t) => {
  const node = ['--conditions=smsx-sources', '--import', 'tsx', RUN];
  // NODE_OPTIONS would bring the test runner's own hooks along.
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { stdout, code } = await promisify(execFile)(process.execPath, node, { env }).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error) => ({ stdout: `${error.stdout}${error.stderr}`, code: 1 }),
  );
  t.comment(stdout.trim());
  t.equal(code, 0, 'see the history above, and replay it with its seed');
});
