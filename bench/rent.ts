import { warmPrices } from './accept-hot.ts';
import type { Benchmark, Figure, Outcome, Side } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { type Installation, install } from './harness/installation.ts';
import { measureCaller, measureLoad, type Sample, type Target } from './harness/measure.ts';
import { rentRequests } from './harness/requests.ts';
import type { Run } from './harness/run.ts';

interface Case {
  inFlight: number;
  /** How long the provider takes for a purchase. */
  providerMs: number;
  floorMs: number;
  goalMs: number;
}

/** At 50 in flight the provider is as slow as real ones are, or the figure would be of throughput and not of latency. */
const CASES: Case[] = [
  { inFlight: 1, providerMs: 20, floorMs: 5, goalMs: 2 },
  { inFlight: 50, providerMs: 250, floorMs: 25, goalMs: 8 },
];

export const rent: Benchmark = {
  name: 'rent',
  ours: 'rent_number from request to reply, gateway and worker on one core: what it adds to the provider’s own time',
  limit: 'bare undici calling the same stand-in',
  async run(run) {
    const installation = await install(run);
    const { measured, rest } = placementOf();
    const gateway = await installation.start('gateway');
    const worker = await installation.start('worker', { cores: measured });
    // In production it has a machine of its own; here it keeps prices fresh and asks about all that was rented.
    await installation.start('poller', { cores: rest, aside: true });
    await warmPrices(gateway.port, installation.partners[0]?.headers ?? {});
    const target = { port: gateway.port, pids: [gateway.pid, worker.pid] };
    await warmUp(run, installation, target);
    const outcome: Outcome = { figures: [], sides: [], notes: [] };
    for (const each of CASES) {
      const ours: Side = sideOf(`rent, ${each.inFlight} in flight`, false);
      const limit: Side = sideOf(`undici, ${each.inFlight} in flight`, true);
      const figure = figureOf(each);
      await installation.delayProvider(each.providerMs);
      for (let round = 1; round <= run.rounds; round += 1) {
        run.progress(`round ${round} of ${run.rounds}, ${each.inFlight} in flight`);
        const bare = await measureBuys(run, installation, each.inFlight);
        const full = await measureLoad(run, target, {
          connections: each.inFlight,
          requests: rentRequests(installation.partners),
        });
        requireBought(full);
        limit.samples.push(bare);
        ours.samples.push(full);
        figure.values.push(full.p50Ms - bare.p50Ms);
      }
      outcome.sides.push(ours, limit);
      outcome.figures.push(figure);
      outcome.notes?.push(`with ${each.inFlight} in flight the provider takes ${each.providerMs} ms`);
    }
    return outcome;
  },
};

/** With one in flight a whole run is some hundred rentals: too few for their code to be compiled. */
async function warmUp(run: Run, installation: Installation, target: Target): Promise<void> {
  run.progress('warming up');
  await measureLoad(run, target, { connections: 50, requests: rentRequests(installation.partners) });
}

function sideOf(name: string, isLimit: boolean): Side {
  return { name, isLimit, counted: 'rental', samples: [] };
}

function figureOf({ inFlight, floorMs, goalMs }: Case): Figure {
  const name = `added p50, ${inFlight} in flight`;
  return { name, unit: 'ms', better: 'lower', floor: floorMs, goal: goalMs, values: [] };
}

function measureBuys(run: Run, { standIn }: Installation, concurrency: number): Promise<Sample> {
  const query = 'api_key=bench-api-key&action=getNumberV2&service=tg&country=22&maxPrice=0.30';
  const url = `${standIn.url}/stubs/handler_api.php?${query}`;
  return measureCaller(run, { url, method: 'GET', headers: {}, body: null, concurrency });
}

/** A 202 says that the purchase took longer than the request. */
function requireBought({ statuses }: Sample): void {
  if (statuses['202']) throw new Error(`${statuses['202']} rentals were still being bought after 25 s`);
}
