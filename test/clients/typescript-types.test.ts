import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openApiDocument } from '../../apps/gateway/docs/openapi.ts';
import { clientTypes, type OpenApi } from '../../clients/typescript/generator/client-types.ts';
import { SmsxClient } from '../../clients/typescript/src/index.ts';
import { root } from '../../scripts/lib/paths.mjs';

t.setTimeout(180_000);

const CLIENT = join(root, 'clients/typescript');
const COMPILER = join(root, 'node_modules/typescript/lib/tsc.js');

t.test('the types are those of the OpenAPI document', async (t) => {
  const generated = readFileSync(join(CLIENT, 'src/generated.ts'), 'utf8');
  t.equal(generated, clientTypes(documentOfGateway()), 'npm run generate renews them');
});

t.test('every operation of /v1 has a method', async (t) => {
  const called = partsOfTheClient().flatMap((text) =>
    [...text.matchAll(/\.(?:call|open)\(\s*'([a-z-]+)'/g)].map(([, name]) => name),
  );
  const { paths } = documentOfGateway();
  const known = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([, item]) => Object.values(item).map(({ operationId }) => operationId));
  t.same([...new Set(called)].sort(), [...known].sort());
});

t.test('what is published works by itself, and its README compiles', async (t) => {
  const folder = t.testdir({
    'package.json': '{"type":"module"}',
    'index.mjs': `import { SmsxClient, SmsxError } from 'smsx-client';
      const client = new SmsxClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'key', maxRetries: 0 });
      const error = await client.wallet.get().catch((reason) => reason);
      console.log(error instanceof SmsxError, error.code);`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        noEmit: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: ['*.ts'],
    }),
    ...readmeExamples(),
    node_modules: { 'smsx-client': {} },
  });
  const installed = join(folder, 'node_modules/smsx-client');
  const built = runNode(CLIENT, [COMPILER, '-p', '.', '--outDir', join(installed, 'dist')]);
  t.equal(built.output, '');
  cpSync(join(CLIENT, 'package.json'), join(installed, 'package.json'));
  t.equal(runNode(folder, ['index.mjs']).output.trim(), 'true connection_failed');
  t.equal(runNode(folder, [COMPILER, '-p', '.']).output, '');
  t.same(JSON.parse(readFileSync(join(CLIENT, 'package.json'), 'utf8')).dependencies, undefined);
  t.equal(typeof SmsxClient, 'function');
});

/** It is a valid document, as the linter sees to. */
function documentOfGateway(): OpenApi {
  return openApiDocument('https://sms.example.com') as unknown as OpenApi;
}

function partsOfTheClient(): string[] {
  const names = ['messages', 'activations', 'catalogue', 'wallet', 'keys', 'events', 'webhooks'];
  return names.map((name) => readFileSync(join(CLIENT, `src/${name}.ts`), 'utf8'));
}

/** Each example as a file; those after the first go on with its client. */
function readmeExamples(): Record<string, string> {
  const readme = readFileSync(join(CLIENT, 'README.md'), 'utf8');
  const [first = '', ...others] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text);
  const files = others.map((text, index) => [`example-${index}.ts`, `${first}${text}\nexport {};\n`]);
  return Object.fromEntries([['example.ts', first], ...files]);
}

function runNode(cwd: string, args: string[]): { output: string } {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { output: stdout + stderr };
}
