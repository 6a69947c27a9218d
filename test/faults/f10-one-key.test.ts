import { randomUUID } from 'node:crypto';
import tap from 'tap';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Answer, Partner, Wish } from './harness/client.ts';
import { type FaultRun, fault, type Test } from './harness/fault.ts';
import { startWorld, type World } from './harness/world.ts';

tap.setTimeout(300_000);

const AT_ONCE = 200;
const SEND = '/api/sms-send.php';
const RENT = '/api/virtual-numbers.php?action=rent_number';

fault(
  {
    id: 'F10',
    title: '200 concurrent requests with one idempotency key over two gateways',
    criterion: 'one row, one hold, one call; everyone gets the same id, or 409 while the first is in flight',
    quick: true,
  },
  async ({ t, report, full }) => {
    const world = await startWorld(t, { gateways: 2, partners: 2 });
    const rounds = full ? 5 : 1;
    for (let round = 0; round < rounds; round += 1) {
      const partner = partnerOf(world, round);
      await oneKey(t, world, newWish('send', partner, `+15553${String(round).padStart(6, '0')}`));
      await oneKey(t, world, newWish('rent', partner, null));
    }
    const recoverMs = await world.settle();
    t.same(await made(world), { messages: rounds, activations: rounds, holds: rounds });
    t.same(await called(world), { sends: rounds, purchases: rounds }, 'one upstream call each');
    const { lost, doubled } = await audit(t, world);
    report({ runs: 2 * rounds * AT_ONCE, lost, doubled, recoverMs });
  },
);

fault(
  {
    id: 'F11',
    title: 'the key with another body, at the same time and afterwards',
    criterion: '422, and nothing is made of the other body; one row, one hold',
    quick: true,
  },
  async ({ t, report, full }: FaultRun) => {
    const world = await startWorld(t, { gateways: 2, partners: 2 });
    const rounds = full ? 5 : 1;
    for (let round = 0; round < rounds; round += 1) {
      const partner = partnerOf(world, round);
      await twoBodies(t, world, newWish('send', partner, `+15554${String(round).padStart(6, '0')}`));
      await twoBodies(t, world, newWish('rent', partner, null));
    }
    const recoverMs = await world.settle();
    t.same(await made(world), { messages: rounds, activations: rounds, holds: rounds });
    const { lost, doubled } = await audit(t, world);
    report({ runs: 4 * rounds, lost, doubled, recoverMs });
  },
);

async function oneKey(t: Test, world: World, wish: Wish): Promise<void> {
  world.client.log.wishes.push(wish);
  wish.answers = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(world, wish, bodyOf(wish))));
  const later = await until(async () => {
    const answer = await ask(world, wish, bodyOf(wish));
    return answer.status === 409 ? null : answer;
  });
  wish.answers.push(later);
  t.equal(later.status, 200);
  wish.id = idOf(later);
  const others = wish.answers.filter((answer) => answer.status !== 200);
  t.same(
    others.filter((answer) => answer.body.error !== 'idempotency_in_flight'),
    [],
    'all others are told that it is in flight',
  );
  const accepted = wish.answers.filter((answer) => answer.status === 200);
  t.same(
    [...new Set(accepted.map((answer) => answer.text))],
    [later.text],
    'every 200 is byte for byte the same',
  );
  t.comment(`${wish.kind}: ${accepted.length} of ${wish.answers.length} answers are 200`);
}

/** Two bodies race for one key: exactly one of them wins, the other is refused now and at every repetition. */
async function twoBodies(t: Test, world: World, wish: Wish): Promise<void> {
  world.client.log.wishes.push(wish);
  const bodies = [bodyOf(wish), otherBodyOf(wish)];
  const answers = await Promise.all(bodies.map((body) => persist(world, wish, body)));
  const statuses = answers.map(({ status }) => status);
  t.same([...statuses].sort(), [200, 422], 'one body wins, the other is refused');
  const winner = answers.find(({ status }) => status === 200);
  const loser = bodies[statuses.indexOf(422)];
  if (!winner || !loser) return;
  wish.answers.push(winner);
  wish.id = idOf(winner);
  t.match(await ask(world, wish, loser), { status: 422, body: { error: 'idempotency_mismatch' } });
  t.match(await ask(world, wish, bodies[statuses.indexOf(200)] ?? {}), { status: 200, text: winner.text });
}

function persist(world: World, wish: Wish, body: object): Promise<Answer> {
  return until(async () => {
    const answer = await ask(world, wish, body);
    return answer.status === 409 ? null : answer;
  });
}

function ask({ client }: World, wish: Wish, body: object): Promise<Answer> {
  const headers = { 'idempotency-key': wish.idempotencyKey };
  return client.request(wish.partner, wish.kind === 'send' ? SEND : RENT, { body, headers });
}

function bodyOf({ kind, to }: Wish): object {
  return kind === 'send' ? { to, message: 'Hello' } : { service: 'tg', country: 22 };
}

function otherBodyOf({ kind, to }: Wish): object {
  return kind === 'send' ? { to, message: 'Hello, you' } : { service: 'wa', country: 22 };
}

function newWish(kind: Wish['kind'], partner: Partner, to: string | null): Wish {
  return { kind, partner, idempotencyKey: randomUUID(), to, answers: [], id: null };
}

const idOf = ({ body }: Answer): string => String(body.id ?? body.activation_id);

function partnerOf(world: World, round: number): Partner {
  const partner = world.partners[round % world.partners.length];
  if (!partner) throw new Error('no partner');
  return partner;
}

async function made({ ctx }: World) {
  const { rows } = await ctx.db.query<{ messages: number; activations: number; holds: number }>(
    `SELECT (SELECT count(*) FROM messages)::integer AS messages,
       (SELECT count(*) FROM activations)::integer AS activations,
       (SELECT count(*) FROM ledger_transactions WHERE kind = 'hold')::integer AS holds`,
  );
  return rows[0];
}

async function called({ sandbox }: World) {
  const calls = await sandbox.control.calls();
  return { sends: calls['twilio.create'], purchases: calls['smsbower.getNumberV2'] };
}
