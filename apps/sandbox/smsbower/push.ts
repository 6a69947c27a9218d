import type { SandboxContext } from '../core/context.ts';
import type { IncomingSms, SandboxRental } from '../core/state.ts';
import { wallTime } from './wall-time.ts';

const WAITS_MS = [60_000, 300_000];
const TIMEOUT_MS = 5_000;

/**
 * Tells every configured address of an incoming SMS: one attempt now, and unless it is answered with exactly 200
 * two more after one and five minutes. Resolves after the first attempts.
 */
export async function pushSms(ctx: SandboxContext, rental: SandboxRental, sms: IncomingSms): Promise<void> {
  const call = { provider: 'smsbower', action: 'push', activationId: rental.activationId } as const;
  if (ctx.faults.take('push-none', call)) return;
  const copies = ctx.faults.take('push-doubled', call) ? 2 : 1;
  const body = JSON.stringify(pushBody(rental, sms));
  const targets = ctx.settings.pushUrls.flatMap((url) => Array<string>(copies).fill(url));
  await Promise.all(targets.map((url) => attempt(ctx, rental.activationId, url, body, 1)));
}

async function attempt(
  ctx: SandboxContext,
  id: string,
  url: string,
  body: string,
  number: number,
): Promise<void> {
  const status = await ctx.deliveries.post(
    { kind: 'smsbower-push', about: id, event: 'code', attempt: number },
    { url, headers: { 'content-type': 'application/json' }, body, timeoutMs: TIMEOUT_MS },
  );
  const waitMs = WAITS_MS[number - 1];
  if (status === 200 || waitMs === undefined) return;
  ctx.clock.at(ctx.clock.nowMs() + waitMs * ctx.settings.pushDelayScale, () => {
    void attempt(ctx, id, url, body, number + 1);
  });
}

function pushBody(rental: SandboxRental, sms: IncomingSms): Record<string, unknown> {
  return {
    activationId: Number(rental.activationId),
    service: rental.service,
    text: sms.text,
    code: sms.code,
    country: rental.country,
    receivedAt: wallTime(sms.receivedAtMs),
  };
}
