import { until } from '../../helpers/until.ts';
import type { Partner } from './client.ts';
import type { Test } from './fault.ts';
import type { World } from './world.ts';

/** Pushes of a number provider: doubled, before the reply to the purchase, with a wrong secret, and untrue. */
export async function checkPushes(t: Test, world: World, partner: Partner): Promise<void> {
  await doubledPush(t, world, partner);
  await pushBeforeReply(t, world, partner);
  await pushOfAStranger(t, world, partner);
}

async function rent(world: World, partner: Partner): Promise<{ id: string; phone: string; ref: string }> {
  const { id } = await world.client.rent(partner);
  return until(async () => {
    const { rows } = await world.ctx.db.query<{ id: string; phone: string; ref: string }>(
      `SELECT id::text, phone, provider_ref AS ref FROM activations WHERE id = $1 AND provider_ref IS NOT NULL`,
      [id],
    );
    return rows[0];
  });
}

/** State, number of codes and pushes, and money movements after the hold. */
async function rentalFact(world: World, { id, ref }: { id: string; ref: string }) {
  const { rows } = await world.ctx.db.query<{
    state: string;
    codes: number;
    pushes: number;
    moved: string[];
  }>(
    `SELECT state, (SELECT count(*)::integer FROM activation_codes WHERE activation_id = a.id) AS codes,
       (SELECT count(*)::integer FROM provider_pushes WHERE provider_ref = $2) AS pushes,
       ARRAY(SELECT kind::text FROM ledger_transactions WHERE activation_id = a.id
             AND kind IN ('capture', 'release')) AS moved
     FROM activations a WHERE id = $1`,
    [id, ref],
  );
  return rows[0];
}

const PAID = { state: 'received', codes: 1, pushes: 1, moved: ['capture'] };

async function doubledPush(t: Test, world: World, partner: Partner): Promise<void> {
  const rental = await rent(world, partner);
  await world.sandbox.control.addFault({ provider: 'smsbower', kind: 'push-doubled' });
  await world.sandbox.control.deliverCode({ activationId: rental.ref });
  await until(async () => (await rentalFact(world, rental))?.state === 'received');
  t.same(await rentalFact(world, rental), PAID, 'a doubled push: one code, one charge');
  const deliveries = await world.sandbox.control.deliveries();
  const answers = deliveries.filter(({ about }) => about === rental.ref);
  t.same(
    answers.map(({ responseStatus }) => responseStatus),
    [200, 200],
    'both are thanked for',
  );
}

async function pushBeforeReply(t: Test, world: World, partner: Partner): Promise<void> {
  await world.sandbox.control.addFault({ provider: 'smsbower', kind: 'push-first' });
  const rental = await rent(world, partner);
  await until(async () => (await rentalFact(world, rental))?.state === 'received');
  t.same(await rentalFact(world, rental), PAID, 'a push before the reply: its code is the rental’s');
}

/** Without the secret it is nobody's; with it, it is a hint that the provider does not bear out. */
async function pushOfAStranger(t: Test, world: World, partner: Partner): Promise<void> {
  const rental = await rent(world, partner);
  const { pushUrls } = await world.sandbox.control.settings();
  const [known = ''] = pushUrls;
  const body = JSON.stringify({ activationId: Number(rental.ref), code: '666666', text: 'Code 666666' });
  const post = (url: string) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const before = await rentalFact(world, rental);
  t.equal((await post(known.replace(/[^/]+$/, 'another-secret'))).status, 403, 'nobody’s address');
  t.same(await rentalFact(world, rental), before, 'no change');
  const asked = async () => (await world.sandbox.control.calls())['smsbower.getStatus'] ?? 0;
  const askedBefore = await asked();
  t.equal((await post(known)).status, 200);
  await until(async () => (await asked()) > askedBefore);
  t.match(await rentalFact(world, rental), { state: 'active', codes: 0, moved: [] }, 'a lie is not believed');
}
