import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { COMMANDS } from '../apps/cli/commands/index.ts';
import { configurationNames } from './helpers/configuration-names.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DECISIONS = 'docs/decisions/';
const text = (path: string) => readFileSync(ROOT + path, 'utf8');
const readme = text('README.md');

t.test('the configuration table has every variable that config.ts reads, and no other', async (t) => {
  const rows = [...section('## Configuration').matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.+) \|$/gm)];
  t.same(rows.map(([, name]) => name).sort(), configurationNames());
  for (const [, name, , meaning] of rows) t.ok((meaning ?? '').length > 10, `${name} is explained`);
});

t.test('the defaults in the table are those of config.ts', async (t) => {
  const source = text('libs/platform/config.ts');
  const defaults = [...source.matchAll(/read\.(?:text|integer)\('([A-Z_]+)', '?([^',]+)/g)];
  t.ok(defaults.length >= 8);
  for (const [, name, value] of defaults) {
    t.match(readme, `| \`${name}\` | \`${value?.replaceAll('_', '')}\` |`, `${name}`);
  }
});

t.test('the tree names every app and library that exists, and none that does not', async (t) => {
  const tree = section('## What is where');
  for (const parent of ['apps', 'libs']) {
    const [, block = ''] = new RegExp(`^${parent}/.*\\n((?: {2}.*\\n)+)`, 'm').exec(tree) ?? [];
    const named = [...block.matchAll(/^ {2}([\w-]+)\//gm)].map(([, name]) => name);
    t.same(named.sort(), foldersOf(parent), parent);
  }
  const top = [...tree.matchAll(/^([\w-]+)\//gm)].map(([, name]) => name ?? '');
  for (const folder of top) t.ok(isFolder(folder), `${folder}/ exists`);
});

t.test('every relative link leads somewhere', async (t) => {
  const files = documents();
  t.ok(files.length > 10, 'there is something to look at');
  for (const file of files) {
    for (const [, target = ''] of text(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const found = path === '' ? file : resolve(ROOT, dirname(file), path).slice(ROOT.length);
      t.ok(existsSync(ROOT + found), `${file}: ${target}`);
      if (anchor) t.ok(anchorsOf(found).includes(anchor), `${file}: #${anchor}`);
    }
  }
});

t.test('paths and commands that the README names exist', async (t) => {
  const paths = [...readme.matchAll(/`((?:apps|libs|docs|deploy|scripts|migrations|test)\/[\w./-]*)`/g)];
  for (const [, path = ''] of paths) t.ok(existsSync(ROOT + path), path);
  for (const [, verb] of readme.matchAll(/\bservices\/([a-z-]+)/g)) {
    t.ok(existsSync(`${ROOT}libs/services/${verb}.ts`), `services/${verb}`);
  }
  const { scripts } = JSON.parse(text('package.json'));
  for (const [, name = ''] of readme.matchAll(/\bnpm run ([a-z]+)/g)) t.ok(scripts[name], `npm run ${name}`);
});

t.test('the command line takes what the README shows', async (t) => {
  const shown = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('');
  const calls = [...shown.matchAll(/\bsmsx (?:-- )?([a-z][^#\n]*)/g)].map(([, call = '']) => call);
  t.ok(calls.length >= 8);
  for (const call of calls) {
    const command = COMMANDS.find(({ name }) => call.startsWith(name));
    t.ok(command, call);
    const known = ['--json', '--help', ...(command?.options ?? []).map(({ flags }) => flags.split(' ')[0])];
    for (const [flag] of call.matchAll(/--[a-z-]+/g)) t.ok(known.includes(flag), `${call}: ${flag}`);
  }
});

t.test('metrics that the README names exist', async (t) => {
  const sources = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => text(`${folder}/${path}`)),
  );
  const all = sources.join('\n');
  for (const [, name] of readme.matchAll(/`smsx_([a-z_]+?)(?:_count)?(?:\{|`| )/g)) {
    if (name) t.match(all, new RegExp(`(counter|gauge|histogram)(Series)?\\(\\s*'${name}'`), name);
  }
});

t.test('decision records have their four parts, and a place in the list', async (t) => {
  const records = readdirSync(ROOT + DECISIONS).filter((file) => file !== 'README.md');
  t.ok(records.length >= 9);
  t.equal(new Set(records.map((file) => file.slice(0, 4))).size, records.length, 'no number twice');
  for (const file of records.sort()) {
    const record = text(DECISIONS + file);
    const number = Number(file.slice(0, 4));
    t.match(file, /^\d{4}-[a-z0-9-]+\.md$/);
    t.match(record, new RegExp(`^# ${number}\\. .+`), `${file}: number and title`);
    const parts = [...record.matchAll(/^## (.+)$/gm)].map(([, part]) => part);
    t.same(parts, ['Context', 'Options', 'Decision', 'Consequences'], file);
    t.match(
      text(`${DECISIONS}README.md`),
      `| [${number}](${file}) | ${titleOf(record)} |`,
      `${file} is listed`,
    );
  }
});

t.test('the changelog begins with what is not released yet', async (t) => {
  t.match(text('CHANGELOG.md'), /^# Changelog\n[\s\S]*?\n## (Unreleased|\d+\.\d+\.\d+)/);
  t.match(text('LICENSE'), /^MIT License/);
});

/** From a heading to the next of the same depth. */
function section(heading: string): string {
  const start = readme.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`README.md has no ${heading}`);
  const end = readme.indexOf('\n## ', start + heading.length);
  return readme.slice(start, end < 0 ? undefined : end);
}

function documents(): string[] {
  const inFolders = ['docs', 'apps', 'libs', 'test', 'clients'].flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  // The gateway serves the guide at other addresses; test/apps/gateway/docs-pages.test.ts follows its links.
  return ['README.md', 'CHANGELOG.md', ...inFolders].filter(
    (path) => path.endsWith('.md') && !path.startsWith('apps/gateway/docs/pages/'),
  );
}

function anchorsOf(file: string): string[] {
  return [...text(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function titleOf(record: string): string {
  return /^# \d+\. (.+)/.exec(record)?.[1] ?? '';
}

function foldersOf(parent: string): string[] {
  return readdirSync(ROOT + parent)
    .filter((name) => isFolder(`${parent}/${name}`))
    .sort();
}

function isFolder(path: string): boolean {
  return existsSync(ROOT + path) && statSync(ROOT + path).isDirectory();
}
