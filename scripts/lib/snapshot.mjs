import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { compile, copyAssets } from './compile.mjs';
import { withLock } from './lock.mjs';
import { dataFolder, root } from './paths.mjs';

const KEEP = 3;

/**
 * A build of the sources as they are now, in a folder of its own, so that a later change or build does not pull it
 * away from under running processes. Made once for each state of the sources. Resolves with the folder; the apps are
 * `dist/apps/<name>/main.js` in it.
 */
export async function snapshot() {
  const folder = join(dataFolder, 'builds', digest());
  if (existsSync(folder)) return folder;
  await withLock(join(dataFolder, 'builds.lock'), async () => {
    if (!existsSync(folder)) await make(folder);
  });
  return folder;
}

/** Made beside and renamed, so a killed build leaves no half of one. */
async function make(folder) {
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await compile({ out: join(draft, 'dist'), check: false });
  copyAssets(join(draft, 'dist'));
  cpSync(join(root, 'package.json'), join(draft, 'package.json'));
  await bundle({ out: join(draft, 'dist') });
  renameSync(draft, folder);
  removeOldest();
}

function digest() {
  const hash = createHash('sha256');
  const files = ['apps', 'libs', 'migrations']
    .flatMap((name) =>
      readdirSync(join(root, name), { recursive: true }).map((file) => join(name, String(file))),
    )
    .filter((file) => statSync(join(root, file)).isFile());
  for (const file of [...files.sort(), 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

function removeOldest() {
  const builds = join(dataFolder, 'builds');
  const folders = readdirSync(builds).map((name) => ({ name, at: statSync(join(builds, name)).mtimeMs }));
  for (const { name } of folders.sort((a, b) => b.at - a.at).slice(KEEP))
    rmSync(join(builds, name), { recursive: true, force: true });
}
