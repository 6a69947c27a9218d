import { randomUUID } from 'node:crypto';
import t from 'tap';
import { recordPush, releaseUnknownRentals } from '#libs/services';
import { claimMessages, findProvider, insertMessages, listAudit, loadActivations } from '#libs/store';
import { newPayer, newUnknownPurchase, releaseTimeIsOver } from '../../helpers/rental-rows.ts';
import { testRedisUrl } from '../../helpers/services.ts';
import { startSystem } from '../../helpers/system.ts';
import { smsx } from './smsx.ts';

t.test('what only a person can decide', async (t) => {
  const system = await startSystem(t, { workers: 0, pollers: 0 });
  const { ctx } = system;
  const env = { DATABASE_URL: system.config.databaseUrl, REDIS_URL: testRedisUrl() };
  const userId = await newPayer(ctx.db);

  const resolve = (item: string, decision: string, ...more: string[]) =>
    smsx(['reconcile', 'resolve', item, '--as', decision, '--reason', 'looked', '--json', ...more], env);
  const items = async () => {
    const { json } = await smsx(['reconcile', 'list', '--json'], env);
    return (json.items as Record<string, string>[]).map(({ item }) => item);
  };
  const rowOf = async (id: number) => (await loadActivations(ctx.db, [id]))[0];
  const heldMicros = async () => {
    const { rows } = await ctx.db.query<{ held: bigint }>('SELECT held_micros AS held FROM wallets');
    return rows[0]?.held;
  };
  const balanceOf = async (account: string) => {
    const { rows } = await ctx.db.query<{ sum: bigint }>(
      'SELECT coalesce(sum(amount_micros), 0)::bigint AS sum FROM ledger_postings WHERE account = $1',
      [account],
    );
    return rows[0]?.sum;
  };
  const latestAudit = async () => (await listAudit(ctx.db, 1))[0];
  const newSuspense = async (country: number) => {
    const { held } = await newUnknownPurchase(ctx.db, userId, country);
    await releaseTimeIsOver(ctx.db, held.id);
    await releaseUnknownRentals(ctx);
    return (await items()).filter((item) => item?.startsWith('suspense:')).at(-1) ?? '';
  };
  const newUnknownMessage = async () => {
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
    await insertMessages(ctx.db, [{ ...message, ...rest, validitySeconds: 600, idempotency: null }]);
    await claimMessages(ctx.db, [{ id, epoch: 1, claim: randomUUID() }]);
    await ctx.db.query(`UPDATE messages SET state = 'unknown' WHERE id = $1`, [id]);
    return id;
  };
  const messageOf = async (id: string) => {
    const sql = 'SELECT state, error, provider_sid, epoch FROM messages WHERE id = $1';
    return (await ctx.db.query(sql, [id])).rows[0];
  };

  await t.test('nothing waits', async (t) => {
    t.same(await items(), []);
    t.match((await smsx(['reconcile', 'list'], env)).stdout, 'Nothing waits');
  });

  await t.test('suspense: written off becomes cost, refunded goes back to the account', async (t) => {
    const lost = await newSuspense(1);
    const [cost, provider] = [await balanceOf('cost'), await balanceOf('provider')];
    t.match((await resolve(lost, 'written-off', '--by', 'alice')).json, {
      ok: true,
      repeated: false,
      by: 'alice',
    });
    t.equal(await balanceOf('suspense'), 0n);
    t.equal(await balanceOf('cost'), (cost ?? 0n) + 300_000n);
    t.match(await latestAudit(), {
      actor: 'alice',
      action: 'reconcile.resolved',
      subject: lost,
      details: { decision: 'written-off', reason: 'looked' },
    });
    const refunded = await newSuspense(2);
    t.match((await resolve(refunded, 'refunded')).json, { ok: true, by: /^cli:./ });
    t.equal(await balanceOf('suspense'), 0n);
    t.equal(await balanceOf('provider'), provider, 'as if it had never left');

    const again = await resolve(refunded, 'refunded', '--by', 'bob');
    t.match(again.json, { ok: true, repeated: true, by: /^cli:./ });
    const otherwise = await resolve(refunded, 'written_off');
    t.equal(otherwise.code, 1);
    t.match(otherwise.json, { error: 'moved_on', now: /refunded; cli:.* decided "refunded"/ });
    t.equal((await listAudit(ctx.db, 100)).filter(({ subject }) => subject === refunded).length, 1);
  });

  await t.test('two decide at once: one of them, once', async (t) => {
    const item = await newSuspense(3);
    const both = await Promise.all([resolve(item, 'written-off'), resolve(item, 'refunded')]);
    t.same(both.map(({ code }) => code).sort(), [0, 1]);
    t.equal(await balanceOf('suspense'), 0n);
    t.equal((await listAudit(ctx.db, 100)).filter(({ subject }) => subject === item).length, 1);
  });

  await t.test('a purchase that was not made: the hold goes back now', async (t) => {
    const { held } = await newUnknownPurchase(ctx.db, userId, 4);
    t.equal(await heldMicros(), 500_000n);
    const item = `purchase:${held.id}`;
    t.same(await items(), [item]);
    t.match((await resolve(item, 'not-bought')).json, { ok: true });
    t.equal(await heldMicros(), 0n);
    t.match(await rowOf(held.id), { state: 'released', reason: 'unknown_outcome' });
    t.equal(await balanceOf('suspense'), 0n);
    t.match((await resolve(item, 'not-bought')).json, { repeated: true });
    const late = await resolve(item, 'bought', '--provider-ref', 'R');
    t.match(late.json, { error: 'moved_on', now: /^released; / });
  });

  await t.test('a purchase that was made becomes the rental', async (t) => {
    const { held } = await newUnknownPurchase(ctx.db, userId, 5);
    const item = `purchase:${held.id}`;
    const reply = await resolve(item, 'bought', '--provider-ref', 'R5', '--phone', '+15551234599');
    t.match(reply.json, { ok: true });
    t.match(await rowOf(held.id), { state: 'active', providerRef: 'R5', phone: '+15551234599' });
    t.notMatch(JSON.stringify(await latestAudit()), '+15551234599');
    const other = await newUnknownPurchase(ctx.db, userId, 6);
    const taken = await resolve(`purchase:${other.held.id}`, 'bought', '--provider-ref', 'R5');
    t.match(taken.json, { error: 'reference_taken' });
    t.match(await rowOf(other.held.id), { state: 'purchase_unknown' });
  });

  await t.test('a push that adopts it first wins; the operator is told', async (t) => {
    const { held } = await newUnknownPurchase(ctx.db, userId, 7);
    const secret = (await findProvider(ctx.db, 1))?.callbackSecret ?? '';
    const push = { secret, providerRef: 'R7', service: 'tg', country: 7, code: null, text: null };
    t.equal(await recordPush({ ctx, input: push }), 'adopted');
    const late = await resolve(`purchase:${held.id}`, 'not-bought');
    t.equal(late.code, 1);
    t.match(late.json, { error: 'moved_on', now: 'active', message: /it is active\. Nothing was changed/ });
  });

  await t.test('messages: sent with the provider’s id, or failed and never sent again', async (t) => {
    const sent = await newUnknownMessage();
    const sid = `SM${'0'.repeat(32)}`;
    t.ok((await items()).includes(`message:${sent}`));
    t.match((await resolve(`message:${sent}`, 'sent', '--sid', sid)).json, { ok: true });
    t.match(await messageOf(sent), { state: 'sent', provider_sid: sid });
    const lost = await newUnknownMessage();
    t.match((await resolve(`message:${lost}`, 'sent', '--sid', sid)).json, { error: 'reference_taken' });
    t.match((await resolve(`message:${lost}`, 'not-sent')).json, { ok: true });
    t.match(await messageOf(lost), { state: 'failed', error: 'not_sent', epoch: 1 });
    t.match((await resolve(`message:${lost}`, 'not-sent')).json, { repeated: true });
    t.match((await resolve(`message:${lost}`, 'sent')).json, { error: 'moved_on', now: /^failed/ });
  });

  await t.test('a live rental that is denied ends now, its cost in suspense', async (t) => {
    const { held } = await newUnknownPurchase(ctx.db, userId, 8);
    await resolve(`purchase:${held.id}`, 'bought', '--provider-ref', 'R8');
    const item = `rental:${held.id}`;
    t.match(
      (await resolve(item, 'cancelled')).json,
      { error: 'moved_on', now: /^active/ },
      'nobody denies it',
    );
    await ctx.db.query('UPDATE activations SET denied_at = now() WHERE id = $1', [held.id]);
    t.ok((await items()).includes(item));
    t.match((await resolve(item, 'cancelled')).json, { ok: true });
    t.match(await rowOf(held.id), { state: 'cancelled', reason: 'denied' });
    t.equal(await balanceOf('suspense'), 300_000n);
    t.ok((await items()).some((name) => name?.startsWith('suspense:')));
    t.match((await resolve(item, 'cancelled')).json, { repeated: true });
    const people = await smsx(['reconcile', 'list'], env);
    t.match(people.stdout, /suspense:\d+ .*0\.30 .*R8 .*denied.*written-off \| refunded/);
  });

  await t.test('what fits no item is refused before anything happens', async (t) => {
    const wrong: [string[], string][] = [
      [['suspense:x', 'refunded'], 'invalid_item'],
      [['message:1', 'sent'], 'invalid_item'],
      [['suspense:1', 'bought'], 'invalid_decision'],
      [['purchase:1', 'bought'], 'invalid_provider_ref'],
      [['purchase:1', 'not-bought', '--provider-ref', 'R'], 'invalid_provider_ref'],
      [['purchase:1', 'bought', '--provider-ref', 'R', '--phone', '15'], 'invalid_phone'],
      [[`message:${randomUUID()}`, 'sent', '--sid', 'x'], 'invalid_sid'],
      [[`message:${randomUUID()}`, 'not-sent', '--sid', `SM${'0'.repeat(32)}`], 'invalid_sid'],
    ];
    for (const [[item = '', decision = '', ...more], error] of wrong) {
      const { code, json } = await resolve(item, decision, ...more);
      t.equal(code, 2, `${item} ${decision}`);
      t.match(json, { error });
    }
    t.match((await resolve('suspense:999', 'refunded')).json, { error: 'unknown_item' });
    t.match((await resolve(`message:${randomUUID()}`, 'sent')).json, { error: 'unknown_item' });
  });

  await t.test('money paid in at a provider is booked once for each reference', async (t) => {
    const topUp = (amount: string) => {
      const options = ['--provider', '1', '--amount', amount, '--reference', 'INV-1', '--reason', 'card'];
      return smsx(['provider', 'top-up', ...options, '--json'], env);
    };
    t.match((await topUp('100')).json, { ok: true, repeated: false, amount: '100.00' });
    t.match((await topUp('100')).json, { ok: true, repeated: true });
    t.match((await topUp('90')).json, { error: 'reference_conflict' });
    t.equal(await balanceOf('funding'), -110_000_000n, 'with the ten dollars of the wallet');
    t.match(await latestAudit(), {
      action: 'provider.top_up',
      subject: '1',
      details: { reference: 'INV-1' },
    });
    const nobody = ['--provider', '9', '--amount', '1', '--reference', 'r', '--reason', 'r', '--json'];
    t.match((await smsx(['provider', 'top-up', ...nobody], env)).json, { error: 'unknown_provider' });
    const rebase = ['provider', 'rebase', '--provider', '1', '--reason', 'fee', '--json'];
    t.match((await smsx(rebase, env)).json, { ok: true, changed: false });
  });

  t.same(await system.brokenInvariants(), []);
});
