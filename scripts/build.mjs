import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { compile, copyAssets } from './lib/compile.mjs';
import { ensureDependencies } from './lib/ensure-dependencies.mjs';
import { root } from './lib/paths.mjs';
import { createProgress } from './lib/progress.mjs';
import { reportAndFail } from './lib/run.mjs';

try {
  await ensureDependencies();
  const progress = createProgress();
  const out = join(root, 'dist');
  rmSync(out, { recursive: true, force: true });
  await progress.step('compiling to dist/', () => compile({ out }));
  await progress.step('putting each app into one file', () => bundle({ out }));
  const count = copyAssets(out);
  progress.line(`✓ copied ${count} asset${count === 1 ? '' : 's'}`);
} catch (error) {
  reportAndFail(error);
}
