import t from 'tap';
import { alarmsOfBooks, gapMicros } from '#libs/services';
import {
  closeProviderBooks,
  readProviderBooks,
  settlePurchased,
  topUpProvider,
  writeMirror,
} from '#libs/store';
import { COST, newPayer, newPurchase } from '../../helpers/rental-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';
import { openTestDatabase } from './wallet-fixtures.ts';

t.test('what an account should hold', async (t) => {
  const db = openTestDatabase(t, await createTestDatabase(t));
  await db.query(
    `INSERT INTO providers (id, kind, name, api_url, credentials, callback_secret)
     VALUES (1, 'smsbower', 'one', 'https://example.com', '', 'secret')`,
  );
  const userId = await newPayer(db);
  const readBalance = (value: string) =>
    writeMirror(db, { providerId: 1, kind: 'balance', scope: '' }, { kind: 'ok', value });
  const gap = async (value: string) => {
    await readBalance(value);
    const [account] = await readProviderBooks(db);
    return account && Number(gapMicros(account)) / 1e6;
  };
  /** As if everything so far had happened long before the next reading. */
  const letTimePass = async (minutes: number) => {
    const age = `interval '${minutes} minutes'`;
    await db.query(
      `UPDATE activations SET ended_at = ended_at - ${age}, purchased_at = purchased_at - ${age}`,
    );
  };

  t.same(await readProviderBooks(db), [], 'unknown before a balance was read');
  t.equal(await gap('100'), 0, 'the first balance opens the books');
  t.equal(await gap('99.96'), 0, 'within the tolerance');
  t.equal(await gap('99.9'), -0.1);
  t.equal(await gap('100.2'), 0.2);

  const { held } = await newPurchase(db, userId);
  t.equal(await gap('100'), 0, 'under way: perhaps not paid yet');
  t.equal(await gap('99.7'), 0, 'or paid');
  t.equal(await gap('99.5'), -0.2, 'but no more than that');
  const sold = { ...held, providerId: 1, providerRef: 'R', phone: '+15551234567', costMicros: COST };
  await settlePurchased(db, [{ ...sold, lifetimeSeconds: 60, earliestCancelSeconds: 0 }]);
  t.equal(await gap('100'), 0, 'live: whether a balance leaves out reserved money nobody says');
  t.equal(await gap('99.7'), 0);
  await db.query(`UPDATE activations SET state = 'received'`);
  await db.query(`UPDATE activations SET state = 'finished', ended_at = now()`);
  t.equal(await gap('100'), 0, 'around the reading both are possible');
  await letTimePass(3);
  t.equal(await gap('99.7'), 0, 'then it is paid');
  t.equal(await gap('100'), 0.3);

  const topUp = { providerId: 1, amountMicros: 50_000_000n, reference: 'INV-1', reason: 'card' };
  t.equal(await topUpProvider(db, topUp), true);
  t.equal(await topUpProvider(db, topUp), false, 'a reference is booked once');
  t.equal(await gap('99.7'), 0, 'on its way');
  t.equal(await gap('149.7'), 0, 'arrived');
  t.equal(await gap('199.7'), 50, 'not twice');

  const account = (await readProviderBooks(db))[0];
  t.match(alarmsOfBooks(account ? [account] : []), [{ name: 'provider_balance', what: /50\.00 USD above/ }]);
  t.same(
    alarmsOfBooks(account ? [{ ...account, readSecondsAgo: 1_000 }] : []),
    [],
    'an old balance says nothing',
  );
  t.equal(await closeProviderBooks(db, 1), true);
  t.equal(await gap('7'), 0, 'opened anew');
});
