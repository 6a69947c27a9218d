import { setTimeout as delay } from 'node:timers/promises';
import {
  cancelActivation,
  closeOverdueRentals,
  recordStatusAnswer,
  SCOPES,
  settleCommand,
  type WaitingContext,
} from '#libs/services';
import { checkInvariants, claimCommand, loadActivations, settlePurchased } from '#libs/store';
import { LIVE } from '../helpers/partner.ts';
import { newPayer, newPurchase, PRICE } from '../helpers/rental-rows.ts';
import { startSystem } from '../helpers/system.ts';
import { type FaultRun, fault } from './harness/fault.ts';
import { createRandom, type Random } from './harness/random.ts';
import { createTinyProvider, type TinyProvider } from './harness/tiny-provider.ts';

const AT_ONCE = 10;

fault(
  {
    id: 'F27',
    title: 'code against cancel against expiry',
    criterion: 'exactly one of captured with code and released, as the provider has it; the ledger agrees',
    quick: true,
    timeoutSeconds: 240,
  },
  race,
);

async function race({ t, random, full, report }: FaultRun): Promise<void> {
  const seeds = Array.from({ length: full ? 1_000 : 50 }, () => random.between(1, 2 ** 31 - 1));
  const { ctx } = await startSystem(t, { workers: 0, pollers: 0 });
  const problems: string[] = [];
  const ends = new Map<string, number>();
  for (let first = 0; first < seeds.length; first += AT_ONCE) {
    const userId = await newPayer(ctx.db);
    const batch = seeds.slice(first, first + AT_ONCE);
    const ended = await Promise.all(batch.map((seed) => playOne(ctx, userId, seed)));
    for (const race of ended) {
      ends.set(race.end, (ends.get(race.end) ?? 0) + 1);
      problems.push(...race.problems.map((problem) => `round seed ${race.seed} (${race.plan}): ${problem}`));
    }
    const captured = ended.filter(({ kind }) => kind === 'capture').length;
    problems.push(...(await walletProblems(ctx, userId, captured)));
  }
  t.comment(JSON.stringify(Object.fromEntries(ends)));
  t.same(problems.slice(0, 10), [], `${seeds.length} races end in exactly one way each`);
  t.ok(ends.size >= 2, 'codes and cancels both won');
  const broken = (await checkInvariants(ctx.db)).filter(({ violations }) => violations > 0);
  t.same(broken, [], 'every invariant holds');
  report({ runs: seeds.length, lost: 0, doubled: 0, recoverMs: null });
}

const STEPS = ['cancel', 'worker', 'worker', 'poll', 'poll', 'clock', 'code', 'provider-expiry'] as const;

interface Step {
  what: (typeof STEPS)[number];
  /** Before it begins, and between the provider's answer and its being written. */
  startMs: number;
  holdMs: number;
  noise: number;
}

interface Race {
  ctx: WaitingContext;
  id: number;
  userId: number;
  provider: TinyProvider;
  /** What partners who cancelled were told. */
  told: string[];
}

/** One rental; everything is drawn beforehand, so that a round's plan depends on its seed alone. */
async function playOne(ctx: WaitingContext, userId: number, seed: number) {
  const random = createRandom(seed);
  const fickle = random.next() < 0.4;
  const steps = planOf(random, fickle);
  const id = await newRental(ctx, userId, seed, random.next() < 0.6);
  const race: Race = { ctx, id, userId, provider: createTinyProvider({ fickle }), told: [] };
  const cancels: Promise<void>[] = [];
  await Promise.all(
    steps.map(async (step) => {
      await delay(step.startMs);
      // It waits for the end of the race, which comes below.
      if (step.what === 'cancel') cancels.push(cancel(race));
      else await take(race, step);
    }),
  );
  race.provider.expire();
  await poll(race, { holdMs: 0, noise: 1 });
  await Promise.all(cancels);
  const plan = steps.map(({ what, startMs, holdMs }) => `${what}@${startMs}+${holdMs}`).join(' ');
  return { seed, plan, ...(await endOf(race, fickle)) };
}

/** A fickle provider's code and its consent to the cancel are written at the same moment. */
function planOf(random: Random, fickle: boolean): Step[] {
  const steps = Array.from({ length: random.between(5, 12) }, () => ({
    what: random.pick(STEPS),
    startMs: random.between(0, 12),
    holdMs: random.between(0, 10),
    noise: random.next(),
  }));
  if (fickle) {
    const step = { startMs: 0, holdMs: random.between(0, 10), noise: 0.5 };
    const head = random.next() < 0.5 ? (['poll', 'worker'] as const) : (['worker', 'poll'] as const);
    steps.push({ ...step, what: 'cancel' }, { ...step, what: 'code' });
    steps.push(...head.map((what) => ({ ...step, what, startMs: 8 })));
  }
  return steps.sort((one, other) => one.startMs - other.startMs);
}

async function newRental(ctx: WaitingContext, userId: number, seed: number, overdue: boolean) {
  const { held } = await newPurchase(ctx.db, userId);
  const number = { providerId: 1, providerRef: `${seed}-${held.id}`, phone: '+15550000000' };
  const times = { lifetimeSeconds: overdue ? -600 : 600, earliestCancelSeconds: -600 };
  await settlePurchased(ctx.db, [{ ...held, ...number, ...times, costMicros: PRICE / 2n }]);
  return held.id;
}

async function take(race: Race, step: Step): Promise<void> {
  const { ctx, provider } = race;
  if (step.what === 'worker') return work(race, step);
  if (step.what === 'poll') return poll(race, step);
  if (step.what === 'clock') return void (await closeOverdueRentals(ctx));
  if (step.what === 'code') return provider.deliver(String(100_000 + Math.floor(step.noise * 900_000)));
  provider.expire();
}

async function cancel({ ctx, id, userId, told }: Race): Promise<void> {
  const partner = { keyId: `k${userId}`, userId, owner: `u:${userId}`, scopes: new Set(SCOPES), ...LIVE };
  told.push(
    await cancelActivation({ ctx, input: { partner, id } }).then(
      ({ status }) => String(status),
      (error: { code?: string }) => error.code ?? String(error),
    ),
  );
}

/** As apps/worker/run-command.ts, with a pause before the answer is written. */
async function work({ ctx, id, provider }: Race, { holdMs, noise }: Pick<Step, 'holdMs' | 'noise'>) {
  const [row] = await loadActivations(ctx.db, [id]);
  if (!row?.command) return;
  const key = { id, command: row.command, epoch: row.commandEpoch };
  const activation = await claimCommand(ctx.db, key);
  if (!activation) return;
  const answer = provider.command(key.command, noise);
  await delay(holdMs);
  await settleCommand({ ctx, input: { activation, key, answer, askStatus: async () => provider.status(1) } });
}

/** As the poller: the row as it was before the answer, which may be old news when it is written. */
async function poll({ ctx, id, provider }: Race, { holdMs, noise }: Pick<Step, 'holdMs' | 'noise'>) {
  const [activation] = await loadActivations(ctx.db, [id]);
  if (!activation) return;
  const answer = provider.status(noise);
  await delay(holdMs);
  await recordStatusAnswer({ ctx, input: { activation, answer } });
}

async function endOf({ ctx, id, provider, told }: Race, fickle: boolean) {
  const { rows } = await ctx.db.query<{ state: string; kinds: string[]; codes: number; late: number }>(
    `SELECT state,
       ARRAY(SELECT kind::text FROM ledger_transactions t
             WHERE t.activation_id = a.id AND kind IN ('hold', 'capture', 'release') ORDER BY t.id) AS kinds,
       (SELECT count(*)::integer FROM activation_codes c WHERE c.activation_id = a.id AND NOT late) AS codes,
       (SELECT count(*)::integer FROM activation_codes c WHERE c.activation_id = a.id AND late) AS late
     FROM activations a WHERE id = $1`,
    [id],
  );
  const { state = 'missing', kinds = [], codes = 0, late = 0 } = rows[0] ?? {};
  const won = ['received', 'finished'].includes(state);
  const facts = `${state}, ${kinds}, ${codes} codes, ${late} late, told ${told}, provider ${provider.outcome()}`;
  const wrong = [
    !won && state !== 'cancelled' && 'it has not ended',
    kinds.join() !== `hold,${won ? 'capture' : 'release'}` && 'the money did not go the way of the state',
    codes > 0 !== won && 'a code without a charge, or a charge without a code',
    late > 0 && won && 'a late code where one came in time',
    !fickle && late > 0 && 'a code in time was taken for a late one',
    !fickle && won !== (provider.outcome() === 'captured') && 'the provider’s money went the other way',
    told.includes('200') && won && 'the partner was told that it was cancelled',
    told.includes('code_already_received') && !won && 'the partner was told of a code that never came',
  ];
  const problems = wrong.flatMap((problem) => (problem ? [`${problem}: ${facts}`] : []));
  return { end: late > 0 ? `${state}, code late` : state, kind: kinds[1], problems };
}

async function walletProblems(ctx: WaitingContext, userId: number, captured: number): Promise<string[]> {
  const { rows } = await ctx.db.query<{ balance: string; held: string }>(
    'SELECT balance_micros::text AS balance, held_micros::text AS held FROM wallets WHERE user_id = $1',
    [userId],
  );
  const expected = { balance: String(10_000_000n - BigInt(captured) * PRICE), held: '0' };
  if (rows[0]?.balance === expected.balance && rows[0].held === '0') return [];
  return [`wallet ${userId} is ${JSON.stringify(rows[0])}, not ${JSON.stringify(expected)}`];
}
