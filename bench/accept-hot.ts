import { startAccepting } from './accept.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { install } from './harness/installation.ts';
import { measureLoad } from './harness/measure.ts';
import { rentRequests } from './harness/requests.ts';

export const acceptHot: Benchmark = {
  name: 'accept-hot',
  ours: 'rents on one wallet, 64 connections: hold, purchase from a provider that answers at once, reply',
  limit: 'accept: sms-send, 64 connections',
  async run(run) {
    const installation = await install(run);
    const measureSends = await startAccepting(run, installation);
    const gateway = await installation.start('gateway');
    await warmPrices(gateway.port, installation.partners[0]?.headers ?? {});
    const target = { port: gateway.port, pids: [gateway.pid] };
    const requests = rentRequests(installation.partners.slice(0, 1));
    return compare(run, {
      ours: {
        name: 'rents, one wallet',
        counted: 'rental',
        measure: () => measureLoad(run, target, { connections: 64, requests }),
      },
      limit: { name: 'sms-send', counted: 'message', measure: measureSends },
      floor: 0.1,
      goal: 0.3,
    });
  },
};

/** The first question about a price waits for the background; the poller keeps it fresh from then on. */
export async function warmPrices(port: number, headers: Record<string, string>): Promise<void> {
  const url = `http://127.0.0.1:${port}/api/virtual-numbers.php?action=prices&service=tg&country=22`;
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`no prices: ${response.status} ${await response.text()}`);
}
