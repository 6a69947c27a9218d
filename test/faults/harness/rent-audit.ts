import type { RentalView } from '../../../apps/sandbox/control-client.ts';
import { until } from '../../helpers/until.ts';
import type { Wish } from './client.ts';
import type { World } from './world.ts';

interface RentalFact {
  id: number;
  userId: number;
  state: string;
  reason: string | null;
  providerRef: string | null;
  lateCode: boolean;
}

/** Every rental at the provider has one row, one suspense entry, or a purchase whose outcome is not known yet. */
export async function auditRents(world: World, wishes: Wish[], problems: string[]) {
  const { rows } = await world.ctx.db.query<RentalFact>(
    `SELECT id, user_id AS "userId", state, reason, provider_ref AS "providerRef", late_code AS "lateCode"
     FROM activations`,
  );
  const ids = new Set(rows.map((row) => String(row.id)));
  const lost = wishes.filter((wish) => wish.id !== null && !ids.has(wish.id));
  for (const wish of lost) problems.push(`rental ${wish.id} was accepted and has no row`);

  const rentals = await world.sandbox.control.rentals();
  const byRef = new Map(rows.flatMap((row) => (row.providerRef ? [[row.providerRef, row] as const] : [])));
  const suspended = await suspendedRefs(world);
  const strangers = rentals.filter(
    ({ activationId }) => !byRef.has(activationId) && !suspended.has(activationId),
  );
  const unknown = rows.filter((row) => row.state === 'purchase_unknown' || row.reason === 'unknown_outcome');
  const atProvider = new Set(rentals.map((rental) => rental.activationId));
  for (const [ref, row] of byRef)
    if (!atProvider.has(ref)) problems.push(`rental ${row.id} has the made-up reference ${ref}`);
  for (const rental of rentals) {
    const row = byRef.get(rental.activationId);
    if (row) problems.push(...moneyProblems(row, rental), ...(await codeProblems(world, row, rental)));
  }
  return { lost: lost.length, doubled: Math.max(0, strangers.length - unknown.length) };
}

async function suspendedRefs(world: World): Promise<Set<string>> {
  const { rows } = await world.ctx.db.query<{ ref: string }>(
    'SELECT provider_ref AS ref FROM suspense_entries WHERE provider_ref IS NOT NULL',
  );
  return new Set(rows.map((row) => row.ref));
}

/** Captured exactly where the provider keeps our money for a code that came in time. */
function moneyProblems(row: RentalFact, rental: RentalView): string[] {
  const paid = row.state === 'received' || row.state === 'finished';
  if (paid && rental.messages.length === 0) return [`rental ${row.id} was charged without a code`];
  if (row.state === 'cancelled' && rental.settlement === 'captured' && !row.lateCode)
    return [`rental ${row.id} was given back although the provider charged for it`];
  return [];
}

/** Every code, exactly, to its owner and to nobody else. */
async function codeProblems(world: World, row: RentalFact, rental: RentalView): Promise<string[]> {
  const owner = world.partners.find((partner) => partner.userId === row.userId);
  const codes = rental.messages.flatMap(({ code }) => (code === null ? [] : [code]));
  if (!owner || codes.length === 0) return [];
  const told = await until(
    async () => {
      const known = codesIn((await world.client.status(owner, String(row.id))).body);
      return codes.every((code) => known.includes(code));
    },
    { what: `the codes of rental ${row.id}`, timeoutMs: 30_000, everyMs: 300 },
  ).catch(() => false);
  const problems = told ? [] : [`rental ${row.id} does not tell its owner every code`];
  const stranger = world.partners.find((partner) => partner.userId !== row.userId);
  if (stranger && (await world.client.status(stranger, String(row.id))).status !== 404)
    problems.push(`rental ${row.id} shows itself to another partner`);
  return problems;
}

function codesIn(body: Record<string, unknown>): unknown[] {
  return Array.isArray(body.messages) ? body.messages.map((message: { code?: unknown }) => message.code) : [];
}
