import type { ActivationRecord } from './records.ts';
import type { Tables } from './tables.ts';

/** A purchase's fence: row, epoch and claim. */
export interface Held {
  id: number;
  epoch: number;
  claim: string;
}

export function heldRow(tables: Tables, held: Held): ActivationRecord | undefined {
  const row = tables.activations.get(held.id);
  return row?.epoch === held.epoch && row.claim === held.claim ? row : undefined;
}
