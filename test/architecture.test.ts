import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractConfiguration from 'dependency-cruiser/config-utl/extract-depcruise-config';
import t from 'tap';
import { foreignToSource } from './helpers/foreign-to-source.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDERS = ['apps', 'libs', 'migrations', 'bench', 'clients'];
const SEEN_AT_LEAST = 50;

t.test('every import keeps to the table', async (t) => {
  const { modules, summary } = await inspect(ROOT);
  const seen = new Set(modules.map(({ source }) => source));
  const unseen = sourceFiles().filter((file) => !seen.has(file));
  t.ok(sourceFiles().length >= SEEN_AT_LEAST, 'there is something to look at');
  t.same(unseen, [], 'every source file was looked at');
  t.ok((summary.totalDependenciesCruised ?? 0) > sourceFiles().length, 'imports were followed');
  t.ok(
    modules.some(({ dependencies }) =>
      dependencies.some(
        ({ module, resolved }) => module === '#libs/domain' && resolved === 'libs/domain/index.ts',
      ),
    ),
    'the aliases resolve to the sources',
  );
  t.same(
    summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    [],
  );
});

t.test('a planted violation of each rule is found', async (t) => {
  const planted: Record<string, { file: string; imports: string }> = {
    'apps-gateway-uses-only-its-own': { file: 'apps/gateway/main.ts', imports: '#libs/providers' },
    'apps-console-uses-only-its-own': { file: 'apps/console/main.ts', imports: '#libs/providers' },
    'apps-cli-uses-only-its-own': { file: 'apps/cli/main.ts', imports: '#libs/providers' },
    'apps-worker-uses-only-its-own': { file: 'apps/worker/main.ts', imports: '../gateway/main.ts' },
    'apps-poller-uses-only-its-own': { file: 'apps/poller/main.ts', imports: '../worker/main.ts' },
    'apps-sandbox-uses-only-its-own': { file: 'apps/sandbox/main.ts', imports: '#libs/store' },
    'apps-demo-uses-only-its-own': { file: 'apps/demo/seed.ts', imports: '#libs/providers' },
    'libs-domain-uses-only-its-own': { file: 'libs/domain/index.ts', imports: '#libs/platform' },
    'libs-platform-uses-only-its-own': { file: 'libs/platform/index.ts', imports: '#libs/store' },
    'libs-store-uses-only-its-own': { file: 'libs/store/index.ts', imports: '#libs/cache' },
    'libs-cache-uses-only-its-own': { file: 'libs/cache/index.ts', imports: '#libs/jobs' },
    'libs-jobs-uses-only-its-own': { file: 'libs/jobs/index.ts', imports: '#libs/services' },
    'libs-providers-uses-only-its-own': { file: 'libs/providers/index.ts', imports: '#libs/store' },
    'libs-services-uses-only-its-own': { file: 'libs/services/index.ts', imports: '#libs/providers' },
    'migrations-uses-only-its-own': { file: 'migrations/001_first.ts', imports: '#libs/domain' },
    'bench-uses-only-its-own': { file: 'bench/wrong.ts', imports: '#libs/providers' },
    'clients-typescript-uses-only-its-own': {
      file: 'clients/typescript/src/wrong.ts',
      imports: '#libs/domain',
    },
    'the-client-has-no-packages': { file: 'clients/typescript/src/disk.ts', imports: 'node:fs' },
    'no-circle': { file: 'libs/platform/inner.ts', imports: './inner.ts' },
    'only-the-door-of-a-lib': { file: 'apps/worker/deep.ts', imports: '../../libs/store/table.ts' },
    'only-all-imports-apps': { file: 'apps/other.ts', imports: './gateway/main.ts' },
    'domain-has-no-packages': { file: 'libs/domain/disk.ts', imports: 'node:fs' },
    'production-uses-no-development-package': { file: 'libs/store/tap.ts', imports: 'tap' },
    resolvable: { file: 'libs/store/lost.ts', imports: '#libs/nowhere' },
  };
  const { summary } = await inspect(t.testdir(plantedTree(Object.values(planted))));
  for (const [rule, { file }] of Object.entries(planted)) {
    t.ok(
      summary.violations.some((violation) => violation.rule.name === rule && violation.from === file),
      `${rule}: found in ${file}`,
    );
  }
  const { ruleSetUsed } = summary;
  t.same(
    ruleSetUsed?.forbidden?.map(({ name }) => name).sort(),
    Object.keys(planted).sort(),
    'no rule is untried',
  );
});

t.test('the environment is read in one place and SQL stands in one lib', async (t) => {
  t.same(
    // A benchmark makes millions of rows and reads what it measures: it may do both.
    sourceFiles()
      .filter((file) => !file.startsWith('bench/'))
      .flatMap((file) => foreignToSource(file, ROOT)),
    [],
  );
});

t.test('what does not belong in a source is recognised', async (t) => {
  const tree = {
    'env.ts': 'export const level = process.env.LOG_LEVEL; // process.env in a comment does not count',
    'indexed.ts': "export const all = process['env'];",
    'taken.ts': 'export const { env: everything } = process;',
    'imported.ts': "import { env } from 'node:process'; export default env;",
    'sql.ts': 'export const find = (id: string) => `\n  SELECT * FROM users WHERE id = $${id}`;',
    'write.ts': "export const sql = 'update wallets set balance = 0';",
    'fine.ts': "export const text = 'Select a country from the list'; export const env = 1;",
  };
  const folder = t.testdir({ apps: { gateway: tree } });
  const found = (file: string) => foreignToSource(`apps/gateway/${file}`, `${folder}/`);
  for (const file of ['env.ts', 'indexed.ts', 'taken.ts', 'imported.ts']) {
    t.match(found(file), [/environment/], file);
  }
  for (const file of ['sql.ts', 'write.ts']) t.match(found(file), [/SQL/], file);
  t.same(found('fine.ts'), []);
});

async function inspect(baseDir: string): Promise<ICruiseResult> {
  const { forbidden, options } = await extractConfiguration(`${ROOT}.dependency-cruiser.cjs`);
  const { output } = await cruise(
    FOLDERS,
    { ...options, baseDir, validate: true, ruleSet: { forbidden } },
    options?.enhancedResolveOptions,
  );
  if (typeof output === 'string') throw new Error(`dependency-cruiser gave no result: ${output}`);
  return output;
}

function sourceFiles(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  ).filter((path) => /\.tsx?$/.test(path) && !path.startsWith('clients/typescript/dist/'));
}

type Tree = { [name: string]: Tree | string };

function plantedTree(files: { file: string; imports: string }[]): Tree {
  const tree: Tree = {
    'package.json': JSON.stringify({
      type: 'module',
      imports: { '#libs/*': { 'smsx-sources': './libs/*/index.ts' } },
      devDependencies: { tap: '*' },
    }),
    'tsconfig.json': '{}',
  };
  const needed = ['libs/store/table.ts', 'apps/gateway/main.ts', 'apps/worker/main.ts'].map((file) => ({
    file,
    imports: '',
  }));
  for (const { file, imports } of [...needed, ...files]) {
    const path = file.split('/');
    const name = path.pop() ?? '';
    let folder: Tree = tree;
    for (const part of path) folder = childOf(folder, part);
    folder[name] = imports ? `import '${imports}';\n` : 'export {};\n';
  }
  return tree;
}

function childOf(folder: Tree, name: string): Tree {
  const child = folder[name];
  if (typeof child === 'object') return child;
  const made: Tree = {};
  folder[name] = made;
  return made;
}
