import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { root } from './paths.mjs';
import { run, Trouble } from './run.mjs';

const FOLDERS = ['apps', 'libs', 'migrations'];
/** What running code reads beside itself; everything below a folder named `assets` and the documentation count too. */
const ASSET =
  /\.(css|html|js|mjs|sql|svg|png|ico|woff2|webmanifest)$|[/\\]assets[/\\](?!.*\.tsx?$)|[/\\]docs[/\\]pages[/\\].*\.md$/;

/** Compiles the sources to `out`. `check: false` leaves the types unchecked, in a third of the time. */
export async function compile({ out, check = true }) {
  const compiler = createRequire(join(root, 'package.json')).resolve('typescript/lib/tsc.js');
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', out, ...(check ? [] : ['--noCheck'])];
  const { code, output } = await run(process.execPath, [compiler, ...options], { cwd: root });
  if (code !== 0) throw new Trouble(`The sources do not compile:\n${output.trim()}`);
}

/** Copies what the code reads beside itself; returns how many files that were. */
export function copyAssets(out) {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }),
  )
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => ASSET.test(path));
  for (const path of files) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    copyFileSync(join(root, path), join(out, path));
  }
  return files.length;
}
