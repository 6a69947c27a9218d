// Who may import whom: docs and reasons in README.md and docs/decisions. Enforced by test/architecture.test.ts and
// `npm run verify`.

/** Each lib and app with the libs it may use. */
const MAY_USE = {
  'libs/domain': [],
  'libs/platform': ['domain'],
  'libs/store': ['platform', 'domain'],
  'libs/cache': ['platform', 'domain'],
  'libs/jobs': ['platform', 'domain'],
  'libs/providers': ['platform', 'domain'],
  'libs/services': ['store', 'cache', 'jobs', 'platform', 'domain'],
  'apps/gateway': ['services', 'jobs', 'cache', 'store', 'platform', 'domain'],
  'apps/console': ['services', 'jobs', 'cache', 'store', 'platform', 'domain'],
  'apps/cli': ['services', 'jobs', 'cache', 'store', 'platform', 'domain'],
  'apps/worker': ['services', 'jobs', 'cache', 'store', 'platform', 'domain', 'providers'],
  'apps/poller': ['services', 'jobs', 'cache', 'store', 'platform', 'domain', 'providers'],
  'apps/sandbox': ['platform', 'domain'],
  'apps/demo': ['services', 'store', 'platform', 'domain'],
  migrations: [],
  bench: ['services', 'jobs', 'cache', 'store', 'platform', 'domain'],
  'clients/typescript': [],
};

const tableRules = Object.entries(MAY_USE).map(([folder, libs]) => ({
  name: `${folder.replaceAll('/', '-')}-uses-only-its-own`,
  severity: 'error',
  comment: `${folder} may import itself, ${libs.length > 0 ? `libs ${libs.join(', ')}` : 'no lib'} and packages.`,
  from: { path: `^${folder}/` },
  to: {
    path: '^(apps|libs|migrations|test|bench|scripts|clients)/',
    // Benchmarks start services and processes by the launchers' own parts.
    pathNot: [`^${folder}/`, ...libs.map((lib) => `^libs/${lib}/`), ...(folder === 'bench' ? ['^scripts/lib/'] : [])],
  },
}));

module.exports = {
  forbidden: [
    ...tableRules,
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-the-door-of-a-lib',
      severity: 'error',
      comment: 'A lib is reached from outside by its index.ts only (#libs/<lib>).',
      from: { path: '^(apps|libs|migrations|bench)/([^/]+)' },
      to: { path: '^libs/([^/]+)/', pathNot: ['^libs/[^/]+/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'domain-has-no-packages',
      severity: 'error',
      comment: 'domain is pure: no package, no part of Node that does I/O.',
      from: { path: '^libs/domain/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core'] },
    },
    {
      name: 'the-client-has-no-packages',
      severity: 'error',
      comment: 'It is published by itself, and runs wherever fetch does.',
      from: { path: '^clients/typescript/src/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core'] },
    },
    {
      name: 'production-uses-no-development-package',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-all-imports-apps',
      severity: 'error',
      comment: 'apps meet in apps/all.ts and in tests; no app imports another.',
      from: { path: '^(libs|migrations|bench)/|^apps/[^/]+\\.ts$', pathNot: '^apps/all\\.ts$' },
      to: { path: '^apps/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that does not resolve escapes every other rule.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['smsx-sources', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
