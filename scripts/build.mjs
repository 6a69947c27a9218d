import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { root } from './lib/paths.mjs';
import { createProgress } from './lib/progress.mjs';
import { reportAndFail, run, Trouble } from './lib/run.mjs';

const FOLDERS = ['apps', 'libs', 'migrations'];
/** What running code reads beside itself; everything below a folder named `assets` counts too. */
const ASSET = /\.(css|html|js|mjs|sql|svg|png|ico|woff2|webmanifest)$|[/\\]assets[/\\](?!.*\.tsx?$)/;

try {
  await ensureDependencies();
  const progress = createProgress();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await progress.step('compiling to dist/', compile);
  const count = copyAssets();
  progress.line(`✓ copied ${count} asset${count === 1 ? '' : 's'}`);
} catch (error) {
  reportAndFail(error);
}

async function compile() {
  const compiler = createRequire(join(root, 'package.json')).resolve('typescript/lib/tsc.js');
  const { code, output } = await run(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    cwd: root,
  });
  if (code !== 0) throw new Trouble(`The sources do not compile:\n${output.trim()}`);
}

function copyAssets() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }),
  )
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => ASSET.test(path));
  for (const path of files) {
    mkdirSync(dirname(join(root, 'dist', path)), { recursive: true });
    copyFileSync(join(root, path), join(root, 'dist', path));
  }
  return files.length;
}
