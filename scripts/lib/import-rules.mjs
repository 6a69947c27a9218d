import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { Trouble } from './run.mjs';

const FOLDERS = ['apps', 'libs', 'migrations', 'bench', 'clients'];

/** Checks .dependency-cruiser.cjs; resolves with a sentence. Counts, because a checker that sees no module finds no fault. */
export async function checkImportRules() {
  const { cruise } = await import('dependency-cruiser');
  const { default: configuration } = await import(pathToFileURL(join(root, '.dependency-cruiser.cjs')).href);
  const { forbidden, options } = configuration;
  const settings = { ...options, baseDir: root, validate: true, ruleSet: { forbidden } };
  const { output } = await cruise(FOLDERS, settings, options.enhancedResolveOptions);
  const seen = output.modules.filter(({ source }) =>
    /^(apps|libs|migrations|bench|clients)\/.*\.tsx?$/.test(source),
  ).length;
  const present = FOLDERS.flatMap((folder) => readdirSync(join(root, folder), { recursive: true })).filter(
    (path) => /\.tsx?$/.test(path) && !path.startsWith('typescript/dist/'),
  ).length;
  if (seen < present) throw new Trouble(`Only ${seen} of ${present} source files were looked at.`);
  const faults = output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  if (faults.length > 0) throw new Trouble(faults.join('\n'));
  return `${seen} modules, ${output.summary.totalDependenciesCruised} imports`;
}
