import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { Trouble } from './run.mjs';

/** bull-board looks for its own files, knex and pg's native part are seldom needed; twilio holds 7 MB that nobody calls. */
const LEFT_OUT = ['@bull-board/*', 'knex', 'pg-native', 'twilio'];

/** What packages written for CommonJS take for granted. */
const BANNER = [
  "import { createRequire as smsxCreateRequire } from 'node:module';",
  'const require = smsxCreateRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/**
 * Puts each app of the compiled `out` with all that it imports into its own `main.js`: of the second in which a process
 * started, Node spent more than half on finding, reading and linking some two thousand small modules.
 */
export async function bundle({ out }) {
  const { build } = createRequire(join(root, 'package.json'))('esbuild');
  const entryPoints = readdirSync(join(out, 'apps'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'demo')
    .map(({ name }) => join(out, 'apps', name, 'main.js'));
  const { warnings } = await build({
    entryPoints,
    outbase: out,
    outdir: out,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    external: LEFT_OUT,
    banner: { js: BANNER },
    logLevel: 'silent',
  });
  if (warnings.length > 0)
    throw new Trouble(`The apps cannot be put together:\n${warnings.map(line).join('\n')}`);
}

function line({ text, location }) {
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
