import t from 'tap';
import type { Database } from '#libs/platform';
import { createRentIntake } from '#libs/services';
import { loadActivations } from '#libs/store';
import { gatewayOfSystem } from '../gateway.ts';
import { askGateway, startDialect } from './dialect.ts';

const ASKED = { action: 'getNumber', service: 'tg', country: 22 };
const READ_WHILE_WAITING = /^SELECT .* FROM activations WHERE id = ANY/s;
const READ = /^SELECT .* FROM activations WHERE id = \$1 AND user_id = \$2$/s;
const WISH = /^UPDATE activations .*cancel_requested_at = coalesce/s;

t.test('a database that is away in the midst of a purchase', async (t) => {
  const system = await startDialect(t);
  const { control } = system.sandbox;
  const failing = { statement: READ, times: 0 };
  const db = failingAt(system.ctx.db, failing);
  const ctx = { ...system.ctx, db, rentIntake: createRentIntake(db) };
  const gateway = await gatewayOfSystem(t, { ...system, ctx });
  const buyWhile = async (statement: RegExp, times: number, asked = {}) => {
    const partner = await gateway.newPartner();
    Object.assign(failing, { statement, times });
    const { body, headers } = await askGateway(gateway, { api_key: partner.secret, ...ASKED, ...asked });
    const { rows } = await system.ctx.db.query<{ id: number }>(
      'SELECT id FROM activations WHERE user_id = $1',
      [partner.userId],
    );
    const [row] = await loadActivations(
      system.ctx.db,
      rows.map(({ id }) => id),
    );
    if (!row) throw new Error('nothing was bought');
    return { partner, body, error: headers['x-error'], row };
  };

  await t.test('for a moment while the number is waited for: the number is told', async (t) => {
    const { body, row } = await buyWhile(READ_WHILE_WAITING, 3);
    t.equal(body, `ACCESS_NUMBER:${row.id}:${row.phone?.slice(1)}`);
    t.equal(failing.times, 0, 'every failure was met');
  });

  await t.test('for a moment while a purchase without a verdict is given back', async (t) => {
    for (const statement of [READ, WISH]) {
      await control.addFault({ provider: 'smsbower', kind: 'reset', action: 'getNumberV2', commit: true });
      const { body, row } = await buyWhile(statement, 2);
      t.equal(body, 'NO_NUMBERS');
      t.ok(row.cancelRequestedAt, 'the wish is on the row before the caller hears it');
      t.equal(failing.times, 0, 'every failure was met');
      await control.clearFaults();
    }
  });

  await t.test('for longer: ERROR_SQL, and the list of active rentals shows what was bought', async (t) => {
    const { partner, body, error, row } = await buyWhile(READ_WHILE_WAITING, Number.POSITIVE_INFINITY);
    t.strictSame([body, error], ['ERROR_SQL', 'overloaded']);
    failing.times = 0;
    const asked = { api_key: partner.secret, action: 'getActiveActivations' };
    const { activeActivations } = JSON.parse((await askGateway(gateway, asked)).body);
    t.match(activeActivations, [{ activationId: String(row.id), phoneNumber: row.phone?.slice(1) }]);
  });
});

/** Fails so many times at that statement, as a lost connection does. */
function failingAt(db: Database, failing: { statement: RegExp; times: number }): Database {
  return {
    ...db,
    query: (sql, values) => {
      if (failing.times === 0 || !failing.statement.test(sql)) return db.query(sql, values);
      failing.times -= 1;
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
    },
  };
}
