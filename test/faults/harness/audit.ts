import { checkInvariants } from '#libs/store';
import type { Wish } from './client.ts';
import type { Test } from './fault.ts';
import { auditRents } from './rent-audit.ts';
import { auditSends } from './send-audit.ts';
import type { World } from './world.ts';

/** What partners were told, what the database holds and what the providers did, side by side. */
export interface Audit {
  /** Accepted, and neither at the provider nor reported failed with a reason. */
  lost: number;
  /** At the provider more than once. */
  doubled: number;
}

/** Depends on a party outside and is a warning in production too. */
const NOT_OURS = ['I9'];

/** Compares all three at rest, and fails the test for every difference. */
export async function audit(t: Test, world: World): Promise<Audit> {
  const { wishes } = world.client.log;
  const problems: string[] = [];
  const ofKind = (kind: Wish['kind']) => wishes.filter((wish) => wish.kind === kind);
  const sends = await auditSends(world, ofKind('send'), problems);
  const rents = await auditRents(world, ofKind('rent'), problems);
  for (const wish of wishes) problems.push(...replayProblems(wish));
  for (const { id, rule, violations, examples } of await checkInvariants(world.ctx.db))
    if (violations > 0 && !NOT_OURS.includes(id)) problems.push(`${id} (${rule}): ${examples.join(', ')}`);
  problems.push(...world.crew.crashes());
  const result = { lost: sends.lost + rents.lost, doubled: sends.doubled + rents.doubled };
  t.equal(result.lost, 0, `of ${wishes.length} wishes none is lost`);
  t.equal(result.doubled, 0, 'none is doubled');
  t.same(problems.slice(0, 10), [], 'client log, database and provider tell the same');
  return result;
}

/** The same key has the same id, whatever happened in between. */
function replayProblems(wish: Wish): string[] {
  const ids = wish.answers
    .filter(({ status }) => status >= 200 && status < 300)
    .map(({ body }) => String(body.id ?? body.activation_id));
  return new Set(ids).size > 1 ? [`one idempotency key led to ${ids.join(' and ')}`] : [];
}
