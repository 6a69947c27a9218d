import t from 'tap';
import { createMetrics, type Logger } from '#libs/platform';
import { BACKLOG_ALARMS, BOOK_ALARMS } from '#libs/services';
import type { PollerDeps } from '../../../apps/poller/deps.ts';
import { audit } from '../../../apps/poller/loops/audit.ts';
import { measure } from '../../../apps/poller/loops/measure.ts';
import { newPayer, newPurchase, newUnknownPurchase } from '../../helpers/rental-rows.ts';
import { startSystem } from '../../helpers/system.ts';
import { signedInOverview } from '../console/overview.ts';

type Line = Record<string, unknown>;

t.test('alarms are raised and cleared, once each, in the metrics, the log and the console', async (t) => {
  const system = await startSystem(t, { workers: 0, pollers: 0 });
  const lines: (Line & { level: string })[] = [];
  const write = (level: string) => (line: Line) => void lines.push({ level, ...line });
  const log = { error: write('error'), info: write('info'), warn: write('warn'), debug: write('debug') };
  const metrics = createMetrics('poller');
  // The two loops use nothing else of what they are given.
  const deps = { ctx: { ...system.ctx, log: log as unknown as Logger }, metrics } as unknown as PollerDeps;
  const runs = [measure.start(deps), audit.start(deps)];
  const { db } = system.ctx;

  const look = async () => {
    for (const run of runs) await run();
    const { values } = (await metrics.registry.getSingleMetric('smsx_alarm')?.get()) ?? { values: [] };
    return values.filter(({ value }) => value === 1).map(({ labels }) => labels.alarm);
  };
  const changes = () =>
    lines
      .splice(0)
      .filter(({ event }) => String(event).startsWith('alarm.'))
      .map(({ level, event, alarm }) => `${level} ${event} ${alarm}`);
  const console = await signedInOverview(t, system.config);

  t.same(await look(), []);
  t.same(changes(), []);
  t.notMatch(await console(), 'What was seen');
  const all = await metrics.registry.getSingleMetricAsString('smsx_alarm');
  for (const alarm of [...BACKLOG_ALARMS, ...BOOK_ALARMS]) t.match(all, `alarm="${alarm}"`);

  const userId = await newPayer(db);
  const waiting = await newUnknownPurchase(db, userId);
  const denied = await newPurchase(db, userId);
  await db.query(
    `UPDATE activations SET state = 'active', provider_ref = 'R', denied_at = now() - interval '2 minutes' WHERE id = $1`,
    [denied.held.id],
  );
  /** Alarm, what raises it, what clears it. */
  const cases: [string, string, string][] = [
    [
      'purchase_unknown',
      `UPDATE activations SET call_started_at = now() - interval '1 hour' WHERE id = ${waiting.held.id}`,
      `UPDATE activations SET call_started_at = now() WHERE id = ${waiting.held.id}`,
    ],
    [
      'message_unknown',
      `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, state, valid_until, call_started_at)
       VALUES (gen_random_uuid(), 'u:1', 'k', '+15551234567', 'gsm7', 1, 'unknown', now(), now() - interval '1 hour')`,
      `DELETE FROM messages`,
    ],
    [
      'outbox_late',
      `INSERT INTO messages (id, owner, api_key, to_number, encoding, segments, valid_until, next_attempt_at)
       VALUES (gen_random_uuid(), 'u:1', 'k', '+15551234567', 'gsm7', 1, now(), now() - interval '61 seconds')`,
      `DELETE FROM messages`,
    ],
    [
      'suspense_open',
      `SELECT book_provider_cost(1, 'suspense', 5, 'test', NULL, 1);
       INSERT INTO suspense_entries (kind, provider_id, provider_ref, amount_micros) VALUES ('orphan_purchase', 1, 'X', 5)`,
      `UPDATE suspense_entries SET resolution = 'refunded', resolved_at = now(), resolved_by = 'x';
       SELECT settle_suspense(s, 'test') FROM suspense_entries s`,
    ],
    [
      'invariant_broken',
      'UPDATE wallets SET balance_micros = balance_micros + 1',
      'UPDATE wallets SET balance_micros = balance_micros - 1',
    ],
    [
      'provider_balance',
      `INSERT INTO provider_mirror (provider_id, kind, scope, payload, fetched_at)
         VALUES (1, 'balance', '', '{"value": "7.00"}', now());
       INSERT INTO provider_accounts VALUES (1, 90000000, 90000000)`,
      'DELETE FROM provider_accounts',
    ],
  ];
  t.same(await look(), ['rental_denied']);
  t.same(changes(), ['error alarm.raised rental_denied']);
  await db.query('UPDATE activations SET denied_at = NULL');
  t.same(await look(), []);
  t.same(changes(), ['info alarm.cleared rental_denied']);
  for (const [alarm, raise, clear] of cases) {
    await db.query(raise);
    t.same(await look(), [alarm]);
    t.same(await look(), [alarm], 'still');
    t.same(changes(), [`error alarm.raised ${alarm}`], 'told once');
    if (alarm !== 'invariant_broken') t.match(await console(), alarm.replace('_', ' '));
    await db.query(clear);
    t.same(await look(), [], `${alarm} is over`);
    t.same(changes(), [`info alarm.cleared ${alarm}`]);
  }
});
