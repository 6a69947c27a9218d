import { until } from '../../helpers/until.ts';
import type { Partner } from './client.ts';
import type { Test } from './fault.ts';
import type { World } from './world.ts';

const LONGEST_REQUEST_MS = 1_500;
const RESUMED_WITHIN_MS = 5_000;

/** Resolves with the milliseconds from now until a worker made its next call to a provider. */
export async function workersResume(t: Test, world: World): Promise<number> {
  const started = performance.now();
  const before = await callsSoFar(world);
  await until(async () => (await callsSoFar(world)) > before, {
    what: 'a worker to act again',
    everyMs: 20,
  });
  const ms = performance.now() - started;
  t.ok(ms < RESUMED_WITHIN_MS, `workers resumed after ${Math.round(ms)} ms`);
  return ms;
}

/** With Redis in whatever state: every send was accepted at once, every status read, and none took long. */
export function servedThroughout(t: Test, world: World): void {
  const { statusReads, slowestPromptMs, wishes } = world.client.log;
  t.same([...statusReads.keys()], [200], 'every status was served');
  const answers = wishes.filter(({ kind }) => kind === 'send').flatMap((wish) => wish.answers);
  t.same([...new Set(answers.map(({ status }) => status))], [200], 'every send was accepted');
  const ms = Math.round(slowestPromptMs);
  t.ok(ms < LONGEST_REQUEST_MS, `the slowest request that waits for no purchase took ${ms} ms`);
}

/** A rental without a code yet, so that its status is alive. */
export async function rentOne(world: World): Promise<{ partner: Partner; id: string; phone: string }> {
  const [partner] = world.partners;
  if (!partner) throw new Error('no partner');
  const { id, answers } = await world.client.rent(partner);
  if (id === null) throw new Error(`no rental: ${answers.at(-1)?.text}`);
  const { body } = await world.client.status(partner, id);
  return { partner, id, phone: String(body.phone) };
}

async function callsSoFar(world: World): Promise<number> {
  const calls = await world.sandbox.control.calls();
  return (calls['twilio.create'] ?? 0) + (calls['smsbower.getNumberV2'] ?? 0);
}
