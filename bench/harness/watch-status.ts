import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Installation } from './installation.ts';
import type { Rental } from './rows.ts';

/** Asks for a rental's status as a partner does, over and over. */
export interface StatusWatcher {
  /** Resolves with the moment (performance.now) at which the answer first held the code. */
  untilReceived(rental: Rental, everyMs: number): Promise<number>;
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;

export function createStatusWatcher({ partners }: Installation, port: number): StatusWatcher {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 32 });
  return {
    async untilReceived({ id, partner }, everyMs) {
      const deadline = performance.now() + PATIENCE_MS;
      const request = {
        path: `/api/virtual-numbers.php?action=status&id=${id}`,
        method: 'GET',
        headers: partners[partner]?.headers ?? {},
      } as const;
      for (;;) {
        const { body } = await pool.request(request);
        const { status } = (await body.json()) as { status?: string };
        if (status === 'received') return performance.now();
        if (performance.now() > deadline) throw new Error(`the code of rental ${id} was not shown in time`);
        await delay(everyMs);
      }
    },
    close: () => pool.close(),
  };
}

/** The provider has the code from now on; resolves with that moment. */
export async function giveCode({ standIn }: Installation, rental: Rental): Promise<number> {
  await fetch(`${standIn.url}/control/code?id=${rental.providerRef}&code=${10_000 + rental.id}`);
  return performance.now();
}
