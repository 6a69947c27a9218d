import type { Benchmark } from './harness/benchmark.ts';
import { compare } from './harness/compare.ts';
import { install } from './harness/installation.ts';
import { measureLoad, type Sample } from './harness/measure.ts';
import { statusRequests } from './harness/requests.ts';
import { insertRentals } from './harness/rows.ts';
import type { LoadRequest } from './programs/protocol.ts';

const IDS_EACH = 100;

export const statuses: Benchmark = {
  name: 'statuses',
  ours: '100 rentals in one call, 64 connections: rentals per second',
  limit: 'status: one rental in one call, 64 connections',
  async run(run) {
    const installation = await install(run);
    const rentals = await insertRentals(installation, { count: 64 * IDS_EACH });
    const gateway = await installation.start('gateway');
    const target = { port: gateway.port, pids: [gateway.pid] };
    const single = statusRequests(installation, rentals.slice(0, 512));
    const many = installation.partners.map((partner, index) => ({
      method: 'GET' as const,
      path: `/api/virtual-numbers.php?action=statuses&ids=${rentals
        .filter((rental) => rental.partner === index)
        .slice(0, IDS_EACH)
        .map((rental) => rental.id)
        .join(',')}`,
      headers: partner.headers,
    }));
    const measure = (requests: LoadRequest[]) => measureLoad(run, target, { connections: 64, requests });
    return compare(run, {
      ours: { name: 'statuses', counted: 'rental', measure: async () => perRental(await measure(many)) },
      limit: { name: 'status', counted: 'rental', measure: () => measure(single) },
      floor: 8,
      goal: 20,
    });
  },
};

function perRental(sample: Sample): Sample {
  return {
    ...sample,
    perSecond: sample.perSecond * IDS_EACH,
    cpuMicrosEach: sample.cpuMicrosEach === null ? null : sample.cpuMicrosEach / IDS_EACH,
  };
}
