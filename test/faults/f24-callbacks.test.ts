import type { FaultRequest } from '../../apps/sandbox/core/faults.ts';
import { signRequest } from '../../apps/sandbox/twilio/signature.ts';
import { TWILIO } from '../helpers/system.ts';
import { until } from '../helpers/until.ts';
import { audit } from './harness/audit.ts';
import type { Partner } from './harness/client.ts';
import { fault, type Test } from './harness/fault.ts';
import { checkPushes } from './harness/push-checks.ts';
import type { Random } from './harness/random.ts';
import { startWorld, type World } from './harness/world.ts';

fault(
  {
    id: 'F24',
    title: 'callbacks doubled, reordered, late, before the reply, forged',
    criterion: 'states only move forward; forged ⇒ refused and no change',
    quick: true,
  },
  async ({ t, random, full, report }) => {
    const world = await startWorld(t);
    const [partner] = world.partners;
    if (!partner) throw new Error('a world without partners');
    await watchMoves(world);
    const sends = await Promise.all(
      Array.from({ length: full ? 20 : 3 }, () =>
        KINDS.map((kind) => sendOne(world, partner, kind, random)),
      ).flat(),
    );
    for (const sent of sends) await checkSend(t, world, sent);
    await forgedByHand(t, world, sends[0]);
    const rentals = full ? 5 : 1;
    for (let i = 0; i < rentals; i += 1) await checkPushes(t, world, partner);
    await onlyForward(t, world);
    await world.settle();
    const { lost, doubled } = await audit(t, world);
    report({ runs: sends.length + 3 * rentals, lost, doubled, recoverMs: null });
  },
);

const KINDS = ['doubled', 'reordered', 'first', 'forged', 'none'] as const;
const ENDS = ['delivered', 'undelivered', 'failed'] as const;
const LATE = ['queued', 'sending', 'sent', 'delivered', 'failed'] as const;

interface Sent {
  id: string;
  sid: string;
  kind: (typeof KINDS)[number];
  /** As the provider has it. */
  end: (typeof ENDS)[number];
}

/** A hundred of them look at once: any oftener, and their looks are most of what the machine does. */
const SELDOM = { everyMs: 300, timeoutMs: 60_000 };

let lastRecipient = 0;

/** A message whose callbacks come as `kind` says; after its end, two more words that are out of date. */
async function sendOne(world: World, partner: Partner, kind: Sent['kind'], random: Random): Promise<Sent> {
  lastRecipient += 1;
  const to = `+1555${4_000_000 + lastRecipient}`;
  const [end, ...late] = [random.pick(ENDS), random.pick(LATE), random.pick(LATE)] as const;
  const { control } = world.sandbox;
  const about = { provider: 'twilio', to } satisfies Partial<FaultRequest>;
  await control.addFault({ ...about, kind: `callback-${kind}` });
  if (end !== 'delivered')
    await control.addFault({ ...about, kind: 'final-status', status: end, errorCode: 30_003 });
  const { id } = await world.client.send(partner, { to });
  const sid = await until(
    async () => {
      const message = (await control.messages()).find((candidate) => candidate.to === to);
      return message?.status === end ? message.sid : null;
    },
    { ...SELDOM, what: `the provider to be done with ${kind} ${end}` },
  );
  await until(async () => kind === 'none' || (await heardBack(world, sid)).length > 0, SELDOM);
  const sent = { id: id ?? '', sid, kind, end };
  if (isHeard(sent)) await until(async () => (await factOf(world, sent)).state === end, SELDOM);
  for (const word of late) await control.setMessageStatus(sid, word);
  return sent;
}

const isHeard = ({ kind }: Sent) => kind !== 'forged' && kind !== 'none';

const heardBack = async (world: World, sid: string) =>
  (await world.sandbox.control.deliveries()).filter(({ about }) => about === sid);

async function factOf(world: World, { id }: Pick<Sent, 'id'>) {
  const { rows } = await world.ctx.db.query<{ state: string; lookedFor: boolean; words: string[] }>(
    `SELECT state, EXISTS (SELECT 1 FROM moves WHERE message_id = m.id AND after = 'unknown') AS "lookedFor",
       ARRAY(SELECT provider_status FROM message_events e WHERE message_id = m.id ORDER BY e.id) AS words
     FROM messages m WHERE id = $1`,
    [id],
  );
  return rows[0] ?? { state: 'missing', lookedFor: false, words: [] };
}

async function checkSend(t: Test, world: World, sent: Sent): Promise<void> {
  const fact = await until(
    async () => {
      // On a slow machine a reply may come too late to be believed; then the provider is asked what became of it.
      const now = await factOf(world, sent);
      return ['calling', 'unknown'].includes(now.state) ? null : now;
    },
    { what: 'the reply to be written', timeoutMs: 60_000 },
  );
  const deliveries = await heardBack(world, sent.sid);
  const words = deliveries.map(({ event }) => event).sort();
  const statuses = [...new Set(deliveries.map(({ responseStatus }) => responseStatus))];
  if (isHeard(sent)) {
    t.equal(fact.state, sent.end, `${sent.kind}: the first last word stays`);
    t.same([...fact.words].sort(), words, `${sent.kind}: every word is kept as it was heard`);
    t.same(statuses, [204], `${sent.kind}: and thanked for`);
    return;
  }
  t.ok(
    fact.state === 'sent' || fact.lookedFor,
    `${sent.kind}: nothing moved it but a look at the provider’s list`,
  );
  t.same(fact.words, [], `${sent.kind}: nothing was kept`);
  t.same(statuses, sent.kind === 'none' ? [] : [403], `${sent.kind}: refused`);
}

/** Signed by the provider, yet for another message, another epoch, or without our own signature. */
async function forgedByHand(t: Test, world: World, sent: Sent | undefined): Promise<void> {
  const message = (await world.sandbox.control.messages()).find(({ sid }) => sid === sent?.sid);
  if (!sent || !message?.statusCallback) throw new Error('no message with a callback');
  const own = message.statusCallback.split('#', 1)[0] ?? '';
  const before = await factOf(world, sent);
  const fields = { MessageSid: sent.sid, MessageStatus: 'read' };
  const urls = [
    own.replace('e=1', 'e=2'),
    own.replace(sent.id, '00000000-0000-4000-8000-000000000000'),
    own.replace(/s=[^&]*/, 's=AAAA'),
  ];
  for (const url of urls) {
    const headers = { 'x-twilio-signature': signRequest(TWILIO.authToken, url, fields) };
    const reply = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
    t.equal(reply.status, 403, 'the provider’s signature alone is not enough');
  }
  t.same(await factOf(world, sent), before, 'no change');
}

/** Every move of a message is noted by the database itself. */
async function watchMoves({ ctx }: World): Promise<void> {
  await ctx.db.query(`
    CREATE TABLE moves (message_id uuid, before text, after text, rank_before integer, rank_after integer);
    CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO moves VALUES (NEW.id, OLD.state, NEW.state, OLD.provider_rank, NEW.provider_rank);
      RETURN NEW; END $$;
    CREATE TRIGGER note_move AFTER UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION note_move();`);
}

async function onlyForward(t: Test, { ctx }: World): Promise<void> {
  const { rows } = await ctx.db.query(
    `SELECT * FROM moves WHERE rank_after < rank_before
       OR (before IN ('delivered', 'undelivered', 'failed', 'canceled') AND after <> before)`,
  );
  t.same(rows, [], 'no message ever moved back');
}
