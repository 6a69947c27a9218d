import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { SAFEGUARDS } from '../../scripts/lib/safeguards.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(ROOT + path, 'utf8');

t.test('every safeguard can still be taken away, and its table tells what misses it', async (t) => {
  const table = read('docs/mutations.md');
  for (const { name, file, find, tests } of SAFEGUARDS) {
    t.equal(read(file).split(find).length, 2, `${name}: its text stands once in ${file}`);
    t.ok(
      tests.every((test) => existsSync(ROOT + test)),
      `${name}: its tests exist`,
    );
    t.match(table, `| ${name} |`, `${name}: in docs/mutations.md`);
  }
  t.notMatch(table, 'survived', 'none survived');
});
