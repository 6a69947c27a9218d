import { measureSends } from './accept.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { placementOf } from './harness/cores.ts';
import { type Installation, install } from './harness/installation.ts';
import { measureLoad } from './harness/measure.ts';
import { rentRequests } from './harness/requests.ts';

export const acceptHot: Benchmark = {
  name: 'accept-hot',
  ours: 'rents on one wallet, 64 connections: hold, purchase from a provider that answers at once, reply',
  limit: 'accept: sms-send, 64 connections',
  async run(run) {
    const installation = await install(run);
    const { rest } = placementOf();
    const gateway = await installation.start('gateway');
    await installation.start('poller', { cores: rest, aside: true });
    await besideWorker(installation, false, () =>
      warmPrices(gateway.port, installation.partners[0]?.headers ?? {}),
    );
    const target = { port: gateway.port, pids: [gateway.pid] };
    const requests = rentRequests(installation.partners.slice(0, 1));
    const measureRents = () => measureLoad(run, target, { connections: 64, requests });
    return compare(run, {
      ours: {
        name: 'rents, one wallet',
        counted: 'rental',
        measure: () => besideWorker(installation, false, measureRents),
      },
      limit: {
        name: 'sms-send',
        counted: 'message',
        measure: () => besideWorker(installation, true, () => measureSends(run, installation, gateway)),
      },
      floor: 0.1,
      goal: 0.3,
    });
  },
};

/** A rental's reply waits for its worker; a message's does not, and what drains stands aside as in `accept`. */
async function besideWorker<Result>(
  installation: Installation,
  aside: boolean,
  measure: () => Promise<Result>,
): Promise<Result> {
  const worker = await installation.start('worker', { cores: placementOf().rest, aside });
  const result = await measure();
  await worker.stop();
  return result;
}

/** The first question about a price waits for the background; the poller keeps it fresh from then on. */
export async function warmPrices(port: number, headers: Record<string, string>): Promise<void> {
  const url = `http://127.0.0.1:${port}/api/virtual-numbers.php?action=prices&service=tg&country=22`;
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`no prices: ${response.status} ${await response.text()}`);
}
