import { createHash } from 'node:crypto';
import { findProvider, type ProviderRow } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { openCredentials } from './provider-rows.ts';

/** The open clients of this process, one for each provider row, renewed when the row changes. */
export interface ProviderPool<Provider> {
  /** Null when there is no such row. A disabled row is still served: it may have live rentals. */
  get(providerId: number): Promise<Provider | null>;
  close(): Promise<void>;
}

const REREAD_MS = 5_000;

interface Opened<Provider> {
  provider: Provider;
  fingerprint: string;
  readAt: number;
}

export function createProviderPool<Provider extends { close(): Promise<void> }>(
  ctx: ServiceContext,
  open: (row: ProviderRow, credentials: string) => Provider,
): ProviderPool<Provider> {
  const opened = new Map<number, Opened<Provider>>();
  const reading = new Map<number, Promise<Provider | null>>();

  async function read(providerId: number): Promise<Provider | null> {
    const row = await findProvider(ctx.db, providerId);
    if (!row) return null;
    const fingerprint = fingerprintOf(row);
    const current = opened.get(providerId);
    if (current?.fingerprint === fingerprint) {
      current.readAt = performance.now();
      return current.provider;
    }
    const provider = open(row, openCredentials(ctx, row));
    opened.set(providerId, { provider, fingerprint, readAt: performance.now() });
    void current?.provider.close();
    return provider;
  }

  return {
    get(providerId) {
      const known = opened.get(providerId);
      if (known && performance.now() - known.readAt < REREAD_MS) return Promise.resolve(known.provider);
      // Hundreds of questions may start at once: the row is read for all of them together.
      const running = reading.get(providerId) ?? read(providerId).finally(() => reading.delete(providerId));
      reading.set(providerId, running);
      return running;
    },
    async close() {
      await Promise.all([...opened.values()].map(({ provider }) => provider.close()));
    },
  };
}

/** Takes requests from the budget that all processes share. Without Redis, or without a limit, nothing is refused. */
export function sharedBudget(
  ctx: ServiceContext,
  row: ProviderRow,
): (priority: 'purchase' | 'command' | 'poll' | 'read') => Promise<true | number> {
  return async (priority) => {
    if (row.requestsPerSecond === 0) return true;
    const reserve = priority === 'poll' || priority === 'read' ? 0.2 : 0;
    const request = { providerId: row.id, ratePerSecond: row.requestsPerSecond, reserve };
    const waitMs = await ctx.budget.take(request).catch(() => 0);
    return waitMs === 0 ? true : waitMs;
  };
}

function fingerprintOf(row: ProviderRow): string {
  return createHash('sha256')
    .update(`${row.kind}\n${row.apiUrl}\n${row.requestsPerSecond}\n`)
    .update(row.credentials)
    .digest('hex');
}
