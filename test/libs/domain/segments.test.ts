import fc from 'fast-check';
import t from 'tap';
import { segmentText } from '#libs/domain';

// 3GPP TS 23.038, 6.2.1: the default alphabet row by row (ESC left out), and 6.2.1.1: its extension.
const BASIC = characters(
  '40 a3 24 a5 e8 e9 f9 ec f2 c7 a d8 f8 d c5 e5',
  '394 5f 3a6 393 39b 3a9 3a0 3a8 3a3 398 39e c6 e6 df c9',
  '20 21 22 23 a4 25 26 27 28 29 2a 2b 2c 2d 2e 2f',
  '30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f',
  'a1 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f',
  '50 51 52 53 54 55 56 57 58 59 5a c4 d6 d1 dc a7',
  'bf 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f',
  '70 71 72 73 74 75 76 77 78 79 7a e4 f6 f1 fc e0',
);
const EXTENSION = characters('c 5e 7b 7d 5c 5b 7e 5d 7c 20ac');

t.test('each character of the default alphabet is one septet, each of the extension two', async (t) => {
  t.equal(new Set(BASIC).size, 127);
  t.equal(new Set(EXTENSION).size, 10);
  for (const character of BASIC) {
    t.same(segmentText(character.repeat(160)), { encoding: 'gsm7', segments: 1 }, character);
    t.same(segmentText(character.repeat(161)), { encoding: 'gsm7', segments: 2 }, character);
  }
  for (const character of EXTENSION) {
    t.same(segmentText(character.repeat(80)), { encoding: 'gsm7', segments: 1 }, character);
    t.same(segmentText(character.repeat(81)), { encoding: 'gsm7', segments: 2 }, character);
  }
});

t.test('the edges of one and of several segments', async (t) => {
  const cases: [string, 'gsm7' | 'ucs2', number][] = [
    ['a'.repeat(306), 'gsm7', 2],
    ['a'.repeat(307), 'gsm7', 3],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm7', 3],
    ['я'.repeat(70), 'ucs2', 1],
    ['я'.repeat(71), 'ucs2', 2],
    ['я'.repeat(134), 'ucs2', 2],
    ['я'.repeat(135), 'ucs2', 3],
    ['😀'.repeat(35), 'ucs2', 1],
    ['😀'.repeat(66), 'ucs2', 2],
    ['😀'.repeat(67), 'ucs2', 3],
    ['ç', 'ucs2', 1],
  ];
  for (const [text, encoding, segments] of cases) {
    t.same(segmentText(text), { encoding, segments }, `${text.length} of ${Array.from(text)[0]}`);
  }
});

t.test('any text is cut as a plain filling of segments cuts it', async () => {
  const unit = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...BASIC) },
    { weight: 2, arbitrary: fc.constantFrom(...EXTENSION) },
  );
  const wide = fc.oneof(unit, fc.constantFrom('я', '中', '😀', '👍🏽', 'ç'));
  const text = fc.oneof(
    fc.string({ unit, minLength: 1, maxLength: 700 }),
    fc.string({ unit: wide, minLength: 1, maxLength: 400 }),
  );
  fc.assert(
    fc.property(text, (value) => {
      const { encoding, segments } = segmentText(value);
      const expected = plainSegments(value);
      return encoding === expected.encoding && segments === expected.segments;
    }),
    { numRuns: 500 },
  );
});

/** Takes the longest beginning that fits, again and again. */
function plainSegments(text: string): { encoding: string; segments: number } {
  const all = Array.from(text);
  const gsm7 = all.every((character) => BASIC.includes(character) || EXTENSION.includes(character));
  const encoding = gsm7 ? 'gsm7' : 'ucs2';
  const fits = (part: string[], most: number) => part.reduce((sum, one) => sum + width(one, gsm7), 0) <= most;
  if (fits(all, gsm7 ? 160 : 70)) return { encoding, segments: 1 };
  let segments = 0;
  for (let rest = all; rest.length > 0; segments += 1) {
    let taken = 1;
    while (taken < rest.length && fits(rest.slice(0, taken + 1), gsm7 ? 153 : 67)) taken += 1;
    rest = rest.slice(taken);
  }
  return { encoding, segments };
}

function width(character: string, gsm7: boolean): number {
  if (!gsm7) return character.length;
  return EXTENSION.includes(character) ? 2 : 1;
}

function characters(...rows: string[]): string[] {
  return rows.flatMap((row) =>
    row.split(' ').map((point) => String.fromCodePoint(Number.parseInt(point, 16))),
  );
}
