import type { Wish } from './client.ts';
import type { World } from './world.ts';

interface MessageFact {
  id: string;
  state: string;
  error: string | null;
  providerSid: string | null;
}

/** Every send has a recipient of its own, so the provider's inbox tells how often it went out. */
export async function auditSends(world: World, wishes: Wish[], problems: string[]) {
  const { rows } = await world.ctx.db.query<MessageFact>(
    `SELECT id, state, error, provider_sid AS "providerSid" FROM messages`,
  );
  const facts = new Map(rows.map((row) => [row.id, row]));
  const inbox = await world.sandbox.control.messages();
  const timesSent = new Map<string, number>();
  for (const { to } of inbox) timesSent.set(to, (timesSent.get(to) ?? 0) + 1);
  const times = (wish: Wish) => timesSent.get(wish.to ?? '') ?? 0;

  const lost = wishes.flatMap((wish) => lossOf(wish, facts.get(wish.id ?? ''), times(wish)) ?? []);
  problems.push(...lost);
  const sids = new Set(inbox.map((message) => message.sid));
  for (const fact of rows)
    if (fact.providerSid && !sids.has(fact.providerSid))
      problems.push(`message ${fact.id} has a made-up sid`);
  return { lost: lost.length, doubled: wishes.filter((wish) => times(wish) > 1).length };
}

/** Null when the wish was not accepted, was sent, or its failure has a reason. */
function lossOf({ id }: Wish, fact: MessageFact | undefined, timesSent: number): string | null {
  if (id === null) return null;
  if (!fact) return `message ${id} was accepted and has no row`;
  const explained = fact.state === 'failed' ? fact.error !== null : timesSent > 0;
  return explained ? null : `message ${id} is ${fact.state} and not at the provider`;
}
