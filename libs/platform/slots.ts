/**
 * What is under way at present, in slots that are used again. For what comes and goes with every request: a Set would
 * keep it. V8 links a Set's outgrown table to the next one, so once one of them has been promoted to the old
 * generation, everything that its successors ever held survives until the next major collection. The gateway spent
 * 20 % of its CPU on copying such leavings, and 1 % since.
 */
export interface Slots<Item> {
  /** Returns the slot that it took. */
  add(item: Item): number;
  /** Once for each `add`: afterwards the slot may be another's. */
  free(slot: number): void;
  /** In no particular order. */
  items(): Item[];
}

export function createSlots<Item>(): Slots<Item> {
  const slots: (Item | undefined)[] = [];
  const unused: number[] = [];
  return {
    add(item) {
      const slot = unused.pop() ?? slots.length;
      slots[slot] = item;
      return slot;
    },
    free(slot) {
      slots[slot] = undefined;
      unused.push(slot);
    },
    items: () => slots.filter((item) => item !== undefined),
  };
}
