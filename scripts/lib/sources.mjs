import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

/** Arguments and variables that make Node run a TypeScript file of this checkout from any folder. */
export function runFromSources(file) {
  const tsx = pathToFileURL(createRequire(join(root, 'package.json')).resolve('tsx')).href;
  return {
    args: ['--conditions=smsx-sources', '--import', tsx, join(root, file)],
    env: { TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
  };
}
