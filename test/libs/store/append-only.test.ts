import { randomBytes } from 'node:crypto';
import t from 'tap';
import { type Database, openDatabase } from '#libs/platform';
import { migrate, moveMoney } from '#libs/store';
import {
  createBareDatabase,
  createTestDatabase,
  type Teardown,
  testServices,
} from '../../helpers/services.ts';
import { credit, newWallet, openTestDatabase } from './wallet-fixtures.ts';

const REFUSED = '42501';
/** Each with a column to try. */
const APPEND_ONLY_TABLES = {
  ledger_transactions: 'amount_micros',
  ledger_postings: 'amount_micros',
  wallet_entries: 'balance_micros',
  audit_log: 'actor',
};

t.test('what was written stays written', async (t) => {
  await t.test('for a superuser: by trigger', async (t) => {
    const db = openTestDatabase(t, await createTestDatabase(t));
    await writeSomething(db);
    for (const sql of changes())
      await t.rejects(db.query(sql), { code: REFUSED, message: /append-only/ }, sql);
  });

  await t.test(
    'for the role that owns the tables: by privilege, and by trigger where it takes that back',
    async (t) => {
      const db = openTestDatabase(t, await createOwnedDatabase(t));
      await writeSomething(db);
      for (const sql of changes())
        await t.rejects(db.query(sql), { code: REFUSED, message: /permission denied/ }, sql);
      await db.query(`GRANT UPDATE, DELETE, TRUNCATE ON ${Object.keys(APPEND_ONLY_TABLES)} TO CURRENT_USER`);
      for (const sql of changes())
        await t.rejects(db.query(sql), { code: REFUSED, message: /append-only/ }, sql);
    },
  );
});

/** A database that belongs, tables and all, to a role that is no superuser, as in production. */
async function createOwnedDatabase(t: Teardown): Promise<string> {
  const role = `owner_${randomBytes(6).toString('hex')}`;
  const admin = openDatabase({
    url: testServices().databaseUrl,
    applicationName: 'test',
    onError: () => undefined,
  });
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
  t.teardown(async () => {
    await admin.query(`DROP ROLE ${role}`);
    await admin.close();
  });
  const url = new URL(await createBareDatabase(t));
  await admin.query(`ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${role}`);
  url.username = role;
  url.password = role;
  await migrate(url.href);
  return url.href;
}

async function writeSomething(db: Database): Promise<void> {
  await moveMoney(db, credit(await newWallet(db), 1n));
  await db.query(`INSERT INTO audit_log (actor, action, subject) VALUES ('test', 'write', 'something')`);
}

function changes(): string[] {
  return Object.entries(APPEND_ONLY_TABLES).flatMap(([table, column]) => [
    `UPDATE ${table} SET ${column} = ${column}`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table}`,
  ]);
}
