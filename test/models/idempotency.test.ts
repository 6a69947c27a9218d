import fc from 'fast-check';
import t from 'tap';
import { PublicError } from '#libs/domain';
import { type Reply, rentNumber, sendMessage, type WaitingContext } from '#libs/services';
import { createPartner, type TestPartner } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';
import { modelSettings } from './settings.ts';

const settings = modelSettings(20);

/** A request of one of two partners: one of two keys or none, one of two bodies, to one of two routes. */
interface Request {
  partner: number;
  route: 'send' | 'rent';
  key: number | null;
  body: number;
  /** Its process dies between the commit and the reply. */
  dies: boolean;
}

const request = fc.record<Request>({
  partner: fc.nat(1),
  route: fc.constantFrom<Request['route'][]>('send', 'send', 'rent'),
  key: fc.option(fc.nat(1), { nil: null, freq: 5 }),
  body: fc.nat(1),
  dies: fc.boolean(),
});
/** All of a round is asked at once, the next round when all was answered. */
const rounds = fc.array(fc.array(request, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });

type Answer = { is: 'reply'; reply: Reply } | { is: 'refused'; code: string } | { is: 'died' };
type Asked = { request: Request; answer: Answer };

t.test(`a key is one request, whatever is lost on the way (seed ${settings.seed})`, async (t) => {
  const system = await startSystem(t);
  const { ctx } = system;
  await fc.assert(
    fc.asyncProperty(rounds, async (history) => {
      const partners = [await createPartner(ctx, '50'), await createPartner(ctx, '50')];
      const model = new Model();
      for (const round of history) {
        model.judge(
          await Promise.all(
            round.map(async (one) => ({ request: one, answer: await ask(ctx, partners[one.partner], one) })),
          ),
        );
      }
      for (const [index, partner] of partners.entries()) {
        const rows = await countRows(ctx, partner);
        const expected = model.rowsOf(index);
        if (rows !== expected) throw new Error(`partner ${index} has rows ${rows}, expected ${expected}`);
      }
    }),
    settings,
  );
  t.same(await system.brokenInvariants(), []);
});

/** What a key stands for: the body that was first, and the reply once it is known. */
interface Kept {
  body: number;
  reply: string | null;
}

/** CONTRACT: the same body gets the first reply again, byte for byte; another 422; while it runs 409; one row each. */
class Model {
  readonly #keys = new Map<string, Kept>();
  readonly #rows = new Map<string, number>();

  judge(round: Asked[]): void {
    const places = new Map<string, Asked[]>();
    for (const asked of round) {
      const { partner, route, key } = asked.request;
      if (key === null) this.#withoutKey(asked);
      // A key belongs to one partner and one route.
      else
        places.set(`${partner} ${route} ${key}`, [
          ...(places.get(`${partner} ${route} ${key}`) ?? []),
          asked,
        ]);
    }
    for (const [place, group] of places) this.#withKey(place, group);
  }

  rowsOf(partner: number): string {
    return `${this.#rows.get(`${partner} send`) ?? 0} ${this.#rows.get(`${partner} rent`) ?? 0}`;
  }

  #withoutKey({ request, answer }: Asked): void {
    if (answer.is === 'refused') throw new Error(`refused without a key: ${answer.code}`);
    if (answer.is === 'reply' && answer.reply.replayed) throw new Error('replayed without a key');
    this.#count(request);
  }

  #withKey(place: string, group: Asked[]): void {
    const firsts = group.filter(
      ({ answer }) => answer.is === 'died' || (answer.is === 'reply' && !answer.reply.replayed),
    );
    const kept = this.#keys.get(place) ?? this.#take(place, group, firsts);
    const mine = firsts.filter(({ request }) => request.body === kept.body);
    if (firsts.length > mine.length) throw new Error(`${place}: another body was carried out`);
    const answered = kept.reply !== null;
    for (const asked of group) requireRight(place, kept, answered, asked);
  }

  /** Nobody had this key: exactly one of the round makes the row, and so settles whose key it is. */
  #take(place: string, group: Asked[], firsts: Asked[]): Kept {
    const [first] = firsts;
    if (!first || firsts.length > 1) throw new Error(`${place}: carried out ${firsts.length} times`);
    const kept = { body: first.request.body, reply: null };
    this.#keys.set(place, kept);
    this.#count(first.request);
    // The others of the round were too early for the reply, or got it.
    if (group.some(({ answer }) => answer.is === 'died') && first.answer.is !== 'died') {
      throw new Error(`${place}: a second one died behind its commit`);
    }
    return kept;
  }

  #count({ partner, route }: Request): void {
    const key = `${partner} ${route}`;
    this.#rows.set(key, (this.#rows.get(key) ?? 0) + 1);
  }
}

/** `answered`: before this round, so that nobody can be told any more that it is still running. */
function requireRight(place: string, kept: Kept, answered: boolean, { request, answer }: Asked): void {
  const same = request.body === kept.body;
  if (answer.is === 'refused') {
    requireRightRefusal(place, same, answered, answer.code);
    return;
  }
  if (!same) throw new Error(`${place}: another body was answered`);
  if (answer.is === 'died') return;
  kept.reply ??= answer.reply.body;
  if (answer.reply.body !== kept.reply) {
    throw new Error(`${place}: ${answer.reply.body}, first it was ${kept.reply}`);
  }
}

function requireRightRefusal(place: string, same: boolean, answered: boolean, code: string): void {
  if (code !== (same ? 'idempotency_in_flight' : 'idempotency_mismatch')) {
    throw new Error(`${place}: ${code} for ${same ? 'the same' : 'another'} body`);
  }
  if (same && answered) throw new Error(`${place}: in flight, but it has been answered`);
}

class Died extends Error {}

async function ask(ctx: WaitingContext, partner: TestPartner | undefined, one: Request): Promise<Answer> {
  if (!partner) throw new Error('there is no such partner');
  const { key, body, route } = one;
  const idempotency = key === null ? null : { key: `key ${key}`, requestHash: Buffer.from([body]) };
  const common = { partner: partner.partner, requestId: 'request', idempotency, callbackUrl: null };
  const message = {
    to: '+15551234567',
    message: 'Hello',
    reference: null,
    validitySeconds: null,
    sendAt: null,
  };
  const rental = { service: 'tg', country: 22, apiId: null, maxPriceMicros: null, clientRef: null };
  const living = one.dies ? dying(ctx) : ctx;
  try {
    const reply =
      route === 'send'
        ? await sendMessage({ ctx: living, input: { ...common, ...message, waitSeconds: 0 } })
        : await rentNumber({ ctx: living, input: { ...common, ...rental } });
    return { is: 'reply', reply };
  } catch (error) {
    if (error instanceof Died) return { is: 'died' };
    if (error instanceof PublicError) return { is: 'refused', code: error.code };
    throw error;
  }
}

/** As its process would die right behind the commit: nothing more is done. */
function dying(ctx: WaitingContext): WaitingContext {
  return {
    ...ctx,
    crashPoint(point) {
      if (point === 'accept.committed' || point === 'rent.committed') throw new Died(point);
    },
  };
}

async function countRows({ db }: WaitingContext, { userId }: TestPartner): Promise<string> {
  const { rows } = await db.query<{ counts: string }>(
    `SELECT (SELECT count(*) FROM messages WHERE owner = $1) || ' ' ||
            (SELECT count(*) FROM activations WHERE user_id = $2) AS counts`,
    [`u:${userId}`, userId],
  );
  return rows[0]?.counts ?? '';
}
