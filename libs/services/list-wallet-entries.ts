import { formatMicros } from '#libs/domain';
import { listWalletEntries as listEntries, type WalletEntry } from '#libs/store';
import type { ServiceContext } from './context.ts';
import { type Partner, requireScope, requireUser } from './partner.ts';

/** One page of a wallet's movements, newest first. `next`: the version to go on before, null on the last page. */
export async function listWalletEntries({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>;
  input: { partner: Partner; limit: number; before: bigint | null };
}) {
  requireScope(input.partner, 'wallet');
  const userId = requireUser(input.partner);
  const rows = await listEntries(ctx.db, userId, input.limit + 1, input.before);
  const page = rows.slice(0, input.limit);
  return {
    entries: page.map(presentEntry),
    next: rows.length > input.limit ? (page.at(-1)?.version ?? null) : null,
  };
}

/** `balance`, `held` and `available` are what the wallet had after it. */
function presentEntry(row: WalletEntry) {
  return {
    id: String(row.version),
    kind: row.kind,
    amount: formatMicros(row.amountMicros),
    balance: formatMicros(row.balanceMicros),
    held: formatMicros(row.heldMicros),
    available: formatMicros(row.balanceMicros - row.heldMicros),
    reason: row.reason,
    reference: row.reference,
    activation_id: row.activationId === null ? null : String(row.activationId),
    created_at: row.createdAt.toISOString(),
  };
}
