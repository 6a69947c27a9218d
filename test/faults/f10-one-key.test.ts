import { randomUUID } from 'node:crypto';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Answer, Partner, Wish } from './harness/client.ts';
import { type FaultRun, fault, type Test } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

const AT_ONCE = 200;

interface Wanted {
  kind: Wish['kind'];
  path: string;
  body: { to?: string; [field: string]: unknown };
  otherBody: object;
}

const wantedInRound = (round: number): Wanted[] => {
  const to = `+1555${3_000_000 + round}`;
  return [
    {
      kind: 'send',
      path: '/api/sms-send.php',
      body: { to, message: 'Hello' },
      otherBody: { to, message: 'Goodbye' },
    },
    {
      kind: 'rent',
      path: '/api/virtual-numbers.php?action=rent_number',
      body: { service: 'tg', country: 22 },
      otherBody: { service: 'wa', country: 22 },
    },
  ];
};

fault(
  {
    id: 'F10',
    title: '200 concurrent requests with one key',
    criterion: 'one row, one hold; everyone is told the same id, or that the first is still running',
    quick: true,
  },
  async (run) => withWorld(run, concurrently),
);

fault(
  { id: 'F11', title: 'the key with another body', criterion: '422; no row, no hold', quick: true },
  async (run) => withWorld(run, anotherBody),
);

async function withWorld(
  { t, full, report }: FaultRun,
  play: (t: Test, world: World, partner: Partner, wanted: Wanted) => Promise<void>,
): Promise<void> {
  const rounds = full ? 5 : 1;
  const world = await startWorld(t, { gateways: 2 });
  const [partner] = world.partners;
  if (!partner) throw new Error('a world without partners');
  for (let round = 1; round <= rounds; round += 1)
    for (const wanted of wantedInRound(round)) {
      const before = await countRows(world);
      await play(t, world, partner, wanted);
      const rents = Number(wanted.kind === 'rent');
      const after = await countRows(world);
      t.equal(after.rows - before.rows, 1, `one row for all of the ${wanted.kind}s`);
      t.equal(after.holds - before.holds, rents, 'one hold for a rental, none for a message');
    }
  await world.settle();
  const { lost, doubled } = await audit(t, world);
  report({ runs: 2 * rounds, lost, doubled, recoverMs: null });
}

async function concurrently(t: Test, world: World, partner: Partner, wanted: Wanted): Promise<void> {
  // The provider takes its time, so that most come while the first is still under way.
  const action = wanted.kind === 'send' ? 'create' : 'getNumberV2';
  const provider = wanted.kind === 'send' ? 'twilio' : 'smsbower';
  await world.sandbox.control.addFault({ provider, action, kind: 'slow', delayMs: 700 });
  const wish = newWish(world, partner, wanted);
  const all: Promise<Answer>[] = [];
  await holdInserts(world, () => {
    for (let i = 0; i < AT_ONCE; i += 1) all.push(ask(world, wish, wanted.path, wanted.body));
  });
  await Promise.all(all);
  t.equal(wish.answers.length, AT_ONCE, 'everyone has an answer');
  t.same(
    wish.answers.filter((answer) => !isExpected(answer)).map(({ text }) => text),
    [],
    'nothing else',
  );
  const replay = await until(async () => {
    const answer = await ask(world, wish, wanted.path, wanted.body);
    return isAccepted(answer) ? answer : null;
  });
  wish.id = idOf(replay);
  const ids = wish.answers.filter(isAccepted).map(idOf);
  t.same([...new Set(ids)], [wish.id], `${ids.length} were told one and the same id`);
  t.equal((await ask(world, wish, wanted.path, wanted.body)).text, replay.text, 'byte for byte');
}

async function anotherBody(t: Test, world: World, partner: Partner, wanted: Wanted): Promise<void> {
  const wish = newWish(world, partner, wanted);
  const bodies = Array.from({ length: 20 }, (_item, index) => (index % 2 ? wanted.otherBody : wanted.body));
  const first = await ask(world, wish, wanted.path, wanted.body);
  wish.id = idOf(first);
  const answers = await Promise.all(bodies.map((body) => ask(world, wish, wanted.path, body)));
  const mismatches = answers.filter((_answer, index) => index % 2 === 1);
  t.same(new Set(mismatches.map(({ status }) => status)), new Set([422]), 'every other body is refused');
  t.same(new Set(mismatches.map(({ body }) => body.error)), new Set(['idempotency_mismatch']));
  const replays = answers.filter((_answer, index) => index % 2 === 0);
  t.same(new Set(replays.map(({ text }) => text)), new Set([first.text]), 'and the first goes on as it was');
}

/**
 * No key can be taken until several requests stand before it, all of which found it free. Each of the two
 * gateways takes all that come together in one statement.
 */
async function holdInserts({ ctx }: World, begin: () => void): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await tx.query('LOCK TABLE idempotency_keys IN SHARE MODE');
    begin();
    await until(
      async () => {
        const { rows } = await ctx.db.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length >= 2;
      },
      { what: 'several requests at the same key' },
    );
  });
}

function newWish(world: World, partner: Partner, { kind, body }: Wanted): Wish {
  const wish: Wish = {
    kind,
    partner,
    idempotencyKey: randomUUID(),
    to: body.to ?? null,
    answers: [],
    id: null,
  };
  world.client.log.wishes.push(wish);
  return wish;
}

async function ask(world: World, wish: Wish, path: string, body: object): Promise<Answer> {
  const headers = { 'idempotency-key': wish.idempotencyKey };
  const answer = await world.client.request(wish.partner, path, { body, headers });
  wish.answers.push(answer);
  return answer;
}

const isAccepted = ({ status }: Answer) => status >= 200 && status < 300;
const isExpected = (answer: Answer) => isAccepted(answer) || answer.body.error === 'idempotency_in_flight';
const idOf = ({ body }: Answer) => String(body.id ?? body.activation_id);

async function countRows(world: World): Promise<{ rows: number; holds: number }> {
  const { rows } = await world.ctx.db.query<{ rows: number; holds: number }>(
    `SELECT ((SELECT count(*) FROM messages) + (SELECT count(*) FROM activations))::integer AS rows,
            (SELECT count(*) FROM ledger_transactions WHERE kind = 'hold')::integer AS holds`,
  );
  return rows[0] ?? { rows: 0, holds: 0 };
}
