import { syncMirror } from '#libs/services';
import { listProviders, type ProviderRow } from '#libs/store';
import type { CliContext } from '../context.ts';
import type { Check, Finding } from './check.ts';

const WAIT_MS = 10_000;
const MAX_AGE_SECONDS = 30;

/** Each row's balance, asked for by worker or poller: so this also shows that one of them lives. */
export const numberProviders: Check = {
  name: 'number providers',
  needsDatabase: true,
  async run(ctx) {
    const providers = await listProviders(ctx.db);
    if (providers.length > 0) return Promise.all(providers.map((provider) => examine(ctx, provider)));
    const hint = 'smsx provider add --name SMSBower --url … --api-key-file …';
    return [{ check: 'number providers', verdict: 'off', result: 'none', hint }];
  },
};

async function examine(ctx: CliContext, provider: ProviderRow): Promise<Finding> {
  const check = `${provider.kind} ${provider.id} ${provider.name}`;
  if (provider.disabledAt) return { check, verdict: 'off', result: 'disabled' };
  const key = { providerId: provider.id, kind: 'balance' as const, scope: '' };
  const answer = await syncMirror({
    ctx: await ctx.waiting(),
    input: { key, maxAgeSeconds: MAX_AGE_SECONDS, timeoutMs: WAIT_MS },
  });
  switch (answer.kind) {
    case 'fresh':
      return { check, verdict: 'ok', result: `answers, balance ${balanceOf(answer.payload)} USD` };
    case 'failed':
      return {
        check,
        verdict: 'fail',
        result: answer.failure,
        hint: 'Check its key and URL: smsx provider list',
      };
    case 'no_answer':
      return {
        check,
        verdict: 'fail',
        result: `nobody asked it within ${WAIT_MS / 1_000} s`,
        hint: 'Start a worker and a poller: only they speak to providers',
      };
  }
}

function balanceOf(payload: unknown): string {
  const value = typeof payload === 'object' && payload !== null && 'value' in payload ? payload.value : null;
  return typeof value === 'string' ? value : 'unknown';
}
