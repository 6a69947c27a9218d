import type { Metrics } from '#libs/platform';

/** Runs a provider call and counts how long it took and what it came to. */
export interface ProviderTimer {
  time<Answer extends { kind: string }>(
    provider: string,
    action: string,
    call: () => Promise<Answer>,
  ): Promise<Answer>;
}

export function createProviderTimer(metrics: Metrics): ProviderTimer {
  const seconds = metrics.histogram('provider_seconds', 'Duration of provider calls', [
    'provider',
    'action',
    'outcome',
  ]);
  return {
    async time(provider, action, call) {
      const started = performance.now();
      const answer = await call();
      seconds.observe({ provider, action, outcome: answer.kind }, (performance.now() - started) / 1_000);
      return answer;
    },
  };
}
