import t from 'tap';
import { TapReader } from '../../scripts/lib/tap-reader.mjs';

t.test('assertions are counted once, and a subtest that fails by itself counts', async (t) => {
  t.same(
    count(`TAP version 14
# Subtest: test/a.test.ts
    # Subtest: outer
        ok 1 - first
        not ok 2 - second
          ---
          diff: |
            ok 9 - inside of details
          ...
        ok 3 - later # SKIP no browser
        1..3
    not ok 1 - outer # time=3ms
    1..1
not ok 1 - test/a.test.ts # time=10ms
# Subtest: test/b.test.ts
    ok 1 - fine
    1..1
not ok 2 - test/b.test.ts # time=10ms
  ---
  exitCode: 1
  ...
1..2`),
    { passed: 2, failed: 2, skipped: 1 },
  );
});

t.test('a stream without a test counts nothing', async (t) => {
  t.same(count('TAP version 14\n1..0\n'), { passed: 0, failed: 0, skipped: 0 });
});

function count(text: string) {
  const reader = new TapReader();
  for (const line of text.split('\n')) reader.line(line);
  return reader.counts;
}
