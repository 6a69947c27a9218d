import type { FaultRequest } from '../../../apps/sandbox/core/faults.ts';
import { until } from '../../helpers/until.ts';
import { audit } from './audit.ts';
import type { Partner } from './client.ts';
import type { FaultRun } from './fault.ts';
import { startWorld, type World } from './world.ts';

/** Ways in which a provider answers wrongly, by what was asked of it. */
export interface Lies {
  send: FaultRequest[];
  rent: FaultRequest[];
  /** For a rental that was bought without trouble. */
  status: FaultRequest[];
  cancel: FaultRequest[];
}

/** A purchase of unknown outcome is over after lifetime and grace, in these clocks. */
const DECIDED_WITHIN_MS = 90_000;

/**
 * Under each lie one wish of its kind. In the end every message is sent once or failed with a reason, every rental is
 * decided, nothing was bought twice, and nothing was captured without a reference of its own.
 */
export async function providersLie({ t, full, report }: FaultRun, lies: Lies): Promise<void> {
  const world = await startWorld(t, { sandbox: { autoCodeSeconds: 3 } });
  const partner = firstPartner(world);
  // A doubled id is the id of the rental before, so there must be one.
  await world.client.rent(partner);
  const chosen = (list: FaultRequest[]) => (full ? list : list.slice(0, 1));
  let runs = 0;
  const under = async (list: FaultRequest[], wish: () => Promise<unknown>) => {
    for (const lie of chosen(list)) {
      await world.sandbox.control.addFault(lie);
      await wish();
      runs += 1;
    }
  };
  await under(lies.send, () => world.client.send(partner));
  await under(lies.rent, () => world.client.rent(partner));
  await under(lies.status, () => world.client.rent(partner));
  if (full) await under(lies.cancel, () => cancelOne(world, partner));
  const ended = performance.now();
  await world.settle();
  await decided(world);
  const recoverMs = performance.now() - ended;
  await world.sandbox.control.clearFaults();
  const bought = (await world.sandbox.control.rentals()).length;
  const wished = world.client.log.wishes.filter(({ kind }) => kind === 'rent').length;
  t.ok(bought <= wished, `${wished} wishes led to ${bought} purchases`);
  t.same(await capturedWithoutReference(world), [], 'nothing is captured without a reference of its own');
  const { lost, doubled } = await audit(t, world);
  report({ runs, lost, doubled, recoverMs });
}

/** A rental without a code, cancelled while upstream lies about it. */
async function cancelOne(world: World, partner: Partner): Promise<void> {
  await world.sandbox.control.changeSettings({ autoCodeSeconds: null });
  const { id } = await world.client.rent(partner);
  const path = '/api/virtual-numbers.php?action=cancel';
  await world.client.request(partner, path, { body: { id } });
  await world.sandbox.control.changeSettings({ autoCodeSeconds: 3 });
}

async function decided(world: World): Promise<void> {
  await until(
    async () => {
      const { rows } = await world.ctx.db.query<{ open: number }>(
        `SELECT count(*)::integer AS open FROM activations
         WHERE state IN ('pending', 'buying', 'purchase_unknown', 'active')`,
      );
      return rows[0]?.open === 0;
    },
    { what: 'every rental to be decided', timeoutMs: DECIDED_WITHIN_MS, everyMs: 300 },
  );
}

async function capturedWithoutReference(world: World): Promise<number[]> {
  const { rows } = await world.ctx.db.query<{ id: number }>(
    `SELECT a.id FROM activations a JOIN ledger_transactions t ON t.activation_id = a.id AND t.kind = 'capture'
     WHERE a.provider_ref IS NULL
        OR (SELECT count(*) FROM activations b WHERE b.provider_ref = a.provider_ref) > 1`,
  );
  return rows.map((row) => row.id);
}

function firstPartner(world: World): Partner {
  const [partner] = world.partners;
  if (!partner) throw new Error('a world without partners');
  return partner;
}
