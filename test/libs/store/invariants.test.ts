import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { Database, Queryable } from '#libs/platform';
import {
  checkInvariants,
  claimCommand,
  claimMessages,
  claimPurchases,
  insertCode,
  insertMessages,
  insertPush,
  markCancelled,
  markReceived,
  moveMoney,
  openOrphanSuspense,
  openRentalSuspense,
  releaseUnknown,
  requestCancel,
  resolveSuspense,
  settlePurchased,
} from '#libs/store';
import {
  COST,
  newPayer,
  newPurchase,
  newUnknownPurchase,
  PRICE,
  releaseTimeIsOver,
} from '../../helpers/rental-rows.ts';
import { createTestDatabase } from '../../helpers/services.ts';
import { openTestDatabase } from './wallet-fixtures.ts';

/** For each rule, statements of which each alone breaks it. `$live` and the like are ids of the good rows. */
const BREAKS: Record<string, string[]> = {
  I1: [
    `INSERT INTO ledger_transactions (kind, user_id, amount_micros, reason) VALUES ('credit', 1, 0, 'no postings')`,
    `INSERT INTO ledger_postings (transaction_id, account, amount_micros)
     VALUES (999, 'funding', -1), (999, 'revenue', 1)`,
  ],
  'I2.balance': ['UPDATE wallets SET balance_micros = balance_micros + 1'],
  'I2.held': [`UPDATE activations SET state = 'released', reason = 'denied' WHERE id = $unknown`],
  'I2.versions': ['UPDATE wallets SET version = version + 1'],
  I3: [
    `UPDATE activations SET price_micros = price_micros + 1 WHERE id = $paid`,
    `UPDATE activations SET state = 'released', reason = 'denied' WHERE id = $unknown`,
  ],
  'I5.captured': [
    `DELETE FROM activation_codes WHERE activation_id = $paid`,
    `INSERT INTO activation_codes (activation_id, code_hash) VALUES ($live, 'h')`,
  ],
  'I5.released': ['UPDATE activations SET reason = NULL WHERE id = $released'],
  I6: ['UPDATE activations SET provider_ref = NULL WHERE id = $paid'],
  'I6.suspense': [
    `INSERT INTO suspense_entries (kind, provider_id, provider_ref, amount_micros)
     VALUES ('orphan_purchase', 1, 'unbooked', 5)`,
    `INSERT INTO ledger_transactions (kind, provider_id, amount_micros, reason) VALUES ('suspense', 1, 5, 'no entry')`,
    `UPDATE suspense_entries SET amount_micros = amount_micros + 1 WHERE resolved_at IS NULL`,
    `UPDATE suspense_entries SET resolved_at = NULL, resolution = NULL, resolved_by = NULL`,
    `UPDATE suspense_entries SET resolved_at = now(), resolution = 'refunded', resolved_by = 'x'`,
  ],
  'I6.once': [`UPDATE activations SET provider_ref = 'orphan' WHERE id = $live`],
  I7: [
    'UPDATE messages SET calls = 2',
    'UPDATE messages SET repeated_calls = 1',
    'UPDATE activations SET calls = epoch + 1 WHERE id = $live',
    'UPDATE activations SET repeated_calls = 1 WHERE id = $live',
    'UPDATE activations SET command_calls = command_epoch + 1 WHERE id = $live',
    'UPDATE activations SET command_repeated_calls = 1 WHERE id = $live',
  ],
  'I8.readable': ['UPDATE activation_codes SET code = NULL'],
  'I8.pushed': [
    `UPDATE provider_pushes SET received_at = now() - interval '3 minutes' WHERE provider_ref = 'live'`,
  ],
  I10: [
    `INSERT INTO idempotency_keys (scope, route, key, request_hash, message_id)
     VALUES ('u:1', 'sms-send', 'k', 'h', '${randomUUID()}')`,
    `INSERT INTO idempotency_keys (scope, route, key, request_hash, activation_id)
     VALUES ('u:1', 'rent_number', 'k', 'h', 999)`,
  ],
  I11: [
    `UPDATE messages SET test = true`,
    `UPDATE activations SET provider_id = 999999999 WHERE id = $live`,
    `WITH other AS (INSERT INTO users (name) VALUES ('other') RETURNING id) UPDATE users SET test_of = other.id FROM other`,
  ],
};

t.test('every rule is silent on good rows, and loud on a bad one', async (t) => {
  const db = openTestDatabase(t, await createTestDatabase(t));
  const ids = await writeGoodRows(db);
  t.same(await broken(db), [], 'good rows');
  const rules = (await checkInvariants(db)).map(({ id }) => id);
  t.same(Object.keys(BREAKS).sort(), [...rules].sort(), 'each rule is tried');
  for (const [rule, statements] of Object.entries(BREAKS)) {
    for (const statement of statements) {
      const sql = statement.replace(/\$([a-z]+)/g, (_all, name: keyof typeof ids) => String(ids[name]));
      t.ok((await brokenBy(db, sql)).includes(rule), `${rule}: ${sql}`);
    }
  }
  t.same(await broken(db), [], 'nothing was left behind');
});

t.test('what excuses a code that is not there', async (t) => {
  const db = openTestDatabase(t, await createTestDatabase(t));
  const { paid, live } = await writeGoodRows(db);
  const old = `UPDATE activation_codes SET code = NULL, received_at = now() - interval '31 days' WHERE activation_id = ${paid}`;
  t.same(await brokenBy(db, old), [], 'erased for its age');
  const pushed = BREAKS['I8.pushed']?.[0] ?? '';
  const deaf = `${pushed}; UPDATE activations SET unusable_answers = 1 WHERE id = ${live}`;
  t.same(await brokenBy(db, deaf), [], 'the provider cannot be heard');
});

t.test('a claim without its fence is seen, also after an epoch without a call', async (t) => {
  const db = openTestDatabase(t, await createTestDatabase(t));
  const { message, live } = await writeGoodRows(db);
  const again = async (table: string, id: string | number, back: string) => {
    await db.query(`UPDATE ${table} SET state = '${back}', claim = NULL WHERE id = $1`, [id]);
  };
  const twin = { id: message, epoch: 1, claim: randomUUID() };
  t.same(await claimMessages(db, [twin]), [], 'fenced');
  const { held } = await newPurchase(db, 1);
  t.same(await claimPurchases(db, [{ ...held, claim: randomUUID() }]), [], 'fenced');
  t.same(await broken(db), []);
  await again('messages', message, 'ready');
  await claimMessages(db, [{ id: message, epoch: 1, claim: randomUUID() }]);
  t.same(await broken(db), ['I7']);
  await db.query('UPDATE messages SET epoch = 5');
  t.same(await broken(db), ['I7'], 'for good');
  await db.query('UPDATE messages SET repeated_calls = 0');
  t.same(await broken(db), []);

  const cancel = await requestCancel(db, { id: live, userId: 1 });
  const key = { id: live, command: 'cancel' as const, epoch: cancel?.commandEpoch ?? 0 };
  t.ok(await claimCommand(db, key));
  t.notOk(await claimCommand(db, key), 'fenced');
  t.same(await broken(db), []);
  await db.query('UPDATE activations SET command_claimed_epoch = command_epoch - 1 WHERE id = $1', [live]);
  await claimCommand(db, key);
  t.same(await broken(db), [], 'an epoch that was not claimed');
  const unfenced = `UPDATE activations SET command_calls = command_calls + 1,
    command_repeated_calls = command_repeated_calls + (command_claimed_epoch = ${key.epoch})::integer WHERE id = ${live}`;
  t.same(await brokenBy(db, unfenced), ['I7']);
});

async function broken(db: Queryable): Promise<string[]> {
  return (await checkInvariants(db)).filter(({ violations }) => violations > 0).map(({ id }) => id);
}

class RolledBack extends Error {}

/** The rules that a statement breaks; it is undone. */
async function brokenBy(db: Database, sql: string): Promise<string[]> {
  let rules: string[] = [];
  await db
    .transaction(async (tx) => {
      await tx.query(sql);
      rules = await broken(tx);
      throw new RolledBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  return rules;
}

/** Rows of every kind that the rules look at. */
async function writeGoodRows(db: Database) {
  await db.query(
    `INSERT INTO providers (id, kind, name, api_url, credentials, callback_secret)
     VALUES (1, 'smsbower', 'one', 'https://example.com', '', 'secret')`,
  );
  const userId = await newPayer(db);
  const live = await newRental(db, userId, 'live');
  const paid = await newRental(db, userId, 'paid');
  await db.transaction((tx) => receiveCode(tx, paid, userId));
  const cancelled = await newRental(db, userId, 'cancelled');
  await db.transaction(async (tx) => {
    await markCancelled(tx, { id: cancelled, reason: 'requested' });
    await release(tx, cancelled, userId);
    await openRentalSuspense(tx, { ...doubt(cancelled), kind: 'late_code', providerRef: 'cancelled' });
  });
  const released = (await newUnknownPurchase(db, userId)).held.id;
  await releaseTimeIsOver(db, released);
  await db.transaction(async (tx) => {
    await releaseUnknown(tx, released);
    await release(tx, released, userId);
    await openRentalSuspense(tx, { ...doubt(released), kind: 'unknown_purchase', providerRef: null });
    await openOrphanSuspense(tx, {
      providerId: 1,
      providerRef: 'orphan',
      activationId: released,
      costMicros: 7n,
      amountMicros: 7n,
    });
    await resolveSuspense(tx, { id: 1, resolution: 'refunded', actor: 'test', note: 'test' });
  });
  const unknown = (await newUnknownPurchase(db, userId)).held.id;
  for (const [providerRef, hasCode] of [
    ['live', true],
    ['live', false],
    ['paid', true],
  ] as const) {
    const content = Buffer.from(`${providerRef} ${hasCode}`);
    const push = { providerId: 1, providerRef, service: null, country: null, content, contentHash: content };
    await insertPush(db, { ...push, hasCode });
  }
  await db.query(
    `UPDATE provider_pushes SET received_at = now() - interval '1 hour' WHERE content <> 'live true'`,
  );
  return { live, paid, cancelled, released, unknown, message: await newCalledMessage(db) };
}

async function newRental(db: Database, userId: number, providerRef: string): Promise<number> {
  const { held } = await newPurchase(db, userId);
  const sold = { ...held, providerId: 1, providerRef, phone: '+15551234567', costMicros: COST };
  await settlePurchased(db, [{ ...sold, lifetimeSeconds: 60, earliestCancelSeconds: 0 }]);
  await db.query(`UPDATE activations SET purchased_at = now() - interval '1 hour' WHERE id = $1`, [held.id]);
  return held.id;
}

async function receiveCode(tx: Queryable, activationId: number, userId: number): Promise<void> {
  const sealed = Buffer.from('sealed');
  await insertCode(tx, { activationId, code: sealed, codeHash: sealed, text: null, late: false });
  await markReceived(tx, activationId);
  await moveMoney(tx, { userId, kind: 'capture', amountMicros: PRICE, activationId, reason: 'code' });
}

async function release(tx: Queryable, activationId: number, userId: number): Promise<void> {
  await moveMoney(tx, { userId, kind: 'release', amountMicros: PRICE, activationId, reason: 'test' });
}

function doubt(activationId: number) {
  return { activationId, providerId: 1, amountMicros: COST, costMicros: null, reason: 'test' };
}

async function newCalledMessage(db: Database): Promise<string> {
  const id = randomUUID();
  const message = { id, owner: 'u:1', apiKey: 'k', to: '+15551234567', body: Buffer.from('sealed') };
  const rest = {
    test: false,
    encoding: 'gsm7',
    segments: 1,
    reference: null,
    callbackUrl: null,
    sendAt: null,
  };
  await insertMessages(db, [{ ...message, ...rest, validitySeconds: 600, idempotency: null }]);
  await claimMessages(db, [{ id, epoch: 1, claim: randomUUID() }]);
  return id;
}
