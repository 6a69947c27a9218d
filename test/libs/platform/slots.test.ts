import t from 'tap';
import { createSlots } from '#libs/platform';

t.test('holds what was added and not freed', async (t) => {
  const slots = createSlots<string>();
  const first = slots.add('first');
  slots.add('second');
  t.strictSame(slots.items().sort(), ['first', 'second']);
  slots.free(first);
  t.strictSame(slots.items(), ['second']);
});

t.test('a freed slot is used again, and no other', async (t) => {
  const slots = createSlots<string>();
  const first = slots.add('first');
  const second = slots.add('second');
  slots.free(first);
  t.equal(slots.add('third'), first);
  t.not(slots.add('fourth'), second);
  t.strictSame(slots.items().sort(), ['fourth', 'second', 'third']);
});
