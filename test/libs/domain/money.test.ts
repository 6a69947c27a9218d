import fc from 'fast-check';
import t from 'tap';
import { addMarkup, formatMicros, parseMicros, parseMillipercent } from '#libs/domain';

const amount = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n });
const cost = fc.bigInt({ min: 0n, max: 10n ** 15n });
const markup = fc.bigInt({ min: 0n, max: 10n ** 9n });

t.test('an amount survives being written and read', async () => {
  fc.assert(fc.property(amount, (micros) => parseMicros(formatMicros(micros)) === micros));
});

t.test('an amount is written with two to six decimals', async (t) => {
  fc.assert(fc.property(amount, (micros) => /^-?\d+\.\d{2}(\d{0,3}[1-9])?$/.test(formatMicros(micros))));
  t.equal(formatMicros(300_000n), '0.30');
  t.equal(formatMicros(1_234n), '0.001234');
  t.equal(formatMicros(12_500_000n), '12.50');
  t.equal(formatMicros(0n), '0.00');
  t.equal(formatMicros(-1n), '-0.000001');
});

t.test('a cost finer than a micro is rounded up, never down', async () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 18 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n - 1n }), digits, (whole, fraction) => {
      const micros = parseMicros(`${whole}.${fraction}`, 'up') ?? -1n;
      // Both sides in units of 10^-18 dollars.
      const exact = whole * 10n ** 18n + BigInt(fraction.padEnd(18, '0'));
      const excess = micros * 10n ** 12n - exact;
      return excess >= 0n && excess < 10n ** 12n;
    }),
  );
});

t.test('what is finer than a micro is refused where rounding is not asked for', async (t) => {
  t.equal(parseMicros('0.0000001'), null);
  t.equal(parseMicros('0.0000010'), 1n);
  t.equal(parseMicros('0.0000001', 'up'), 1n);
  t.equal(parseMicros('-0.0000001', 'up'), 0n, 'up is towards more');
});

t.test('numbers and decimal strings are read, anything else is not', async (t) => {
  t.equal(parseMicros(0.3), 300_000n);
  t.equal(parseMicros(12), 12_000_000n);
  t.equal(parseMicros(1e-7, 'up'), 1n, 'printed as 1e-7');
  t.equal(parseMicros(' 0.50 '), 500_000n);
  const refused = [
    '',
    '.5',
    '5.',
    '+1',
    '1,50',
    '0x10',
    '1e3',
    'NaN',
    '1'.repeat(13),
    '٣',
    null,
    true,
    [],
    {},
  ];
  for (const value of [...refused, Number.NaN, Number.POSITIVE_INFINITY, 1e21]) {
    t.equal(parseMicros(value, 'up'), null, JSON.stringify(value));
  }
});

t.test('a markup never sells below cost and rounds up by less than a micro', async () => {
  fc.assert(
    fc.property(cost, markup, (costMicros, millipercent) => {
      const price = addMarkup(costMicros, millipercent);
      const excess = price * 100_000n - costMicros * (100_000n + millipercent);
      return price >= costMicros && excess >= 0n && excess < 100_000n;
    }),
  );
});

t.test('a higher cost never gives a lower price', async (t) => {
  fc.assert(
    fc.property(cost, cost, markup, (one, other, millipercent) => {
      const [low, high] = one < other ? [one, other] : [other, one];
      return addMarkup(low, millipercent) <= addMarkup(high, millipercent);
    }),
  );
  t.equal(addMarkup(200_000n, 12_500n), 225_000n, '12.5 %');
  t.equal(addMarkup(1n, 1n), 2n, 'a thousandth of a percent of one micro');
  t.equal(addMarkup(0n, 50_000n), 0n);
});

t.test('percentages are read to thousandths', async (t) => {
  t.equal(parseMillipercent('12.5'), 12_500n);
  t.equal(parseMillipercent(' 0 '), 0n);
  t.equal(parseMillipercent('0.001'), 1n);
  for (const value of ['', '-1', '1.2345', '5%', '1e2', '1234567'])
    t.equal(parseMillipercent(value), null, value);
});
