import { getCountries, getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import t from 'tap';
import { phoneProblem } from '#libs/services';

t.test('an example of every country can be dialled; with digits missing or too many it cannot', async (t) => {
  for (const country of getCountries()) {
    const example = getExampleNumber(country, examples)?.number;
    if (!example) continue;
    t.equal(phoneProblem(example), null, country);
    t.match(phoneProblem(example.slice(0, 5)), /too short or too long/, `${country}, short`);
  }
  t.match(phoneProblem('+155512345678'), /too short or too long/);
});

t.test('calling codes without a country, and those that nobody has', async (t) => {
  t.equal(phoneProblem('+80012345678'), null, 'international freephone');
  t.match(phoneProblem('+99912345678'), /not a possible phone number/);
});

t.test('another form', async (t) => {
  for (const value of ['15551234567', '+0155512345', '+1 555 123 4567', '+１５５５１２３４５６７', ''])
    t.match(phoneProblem(value), /E\.164/, value);
});
