import { freePort } from '../scripts/lib/ports.mjs';
import { waitUntil } from '../scripts/lib/processes.mjs';
import { startApp } from './harness/app-process.ts';
import type { Benchmark, Figure } from './harness/benchmark.ts';
import { placementOf } from './harness/cores.ts';
import { type Installation, install } from './harness/installation.ts';
import { startProgram } from './harness/programs.ts';
import { insertRentals } from './harness/rows.ts';
import { createScope } from './harness/scope.ts';

const PATIENCE_MS = 60_000;

export const start: Benchmark = {
  name: 'start',
  ours: 'a gateway process from its start to the first 200 of a partner’s poll',
  limit: 'a bare Fastify process from its start to its first 200',
  async run(run) {
    const installation = await install(run);
    const [rental] = await insertRentals(installation, { count: 1 });
    const path = `/api/virtual-numbers.php?action=status&id=${rental?.id}`;
    const figure = (name: string, unit: string, floor: number | null, goal: number | null): Figure => ({
      name,
      unit,
      better: 'lower',
      floor,
      goal,
      values: [],
    });
    const ratio = figure('ratio of the times', '×', 4, 2);
    const ours = figure('gateway', 'ms', null, null);
    const bare = figure('bare Fastify', 'ms', null, null);
    await timeGateway(installation, path);
    for (let round = 1; round <= run.rounds; round += 1) {
      run.progress(`round ${round} of ${run.rounds}`);
      const [oursMs, bareMs] = [await timeGateway(installation, path), await timeBare(path)];
      ours.values.push(oursMs);
      bare.values.push(bareMs);
      ratio.values.push(oursMs / bareMs);
    }
    return { figures: [ratio, ours, bare], sides: [] };
  },
};

async function timeGateway({ env, partners }: Installation, path: string): Promise<number> {
  const scope = createScope();
  try {
    const gateway = await startApp(scope, {
      app: 'gateway',
      env,
      cores: placementOf().measured,
      awaitReady: false,
    });
    await untilAnswered(`http://127.0.0.1:${gateway.port}${path}`, partners[0]?.headers ?? {});
    return performance.now() - gateway.startedAt;
  } finally {
    await scope.end();
  }
}

async function timeBare(path: string): Promise<number> {
  const scope = createScope();
  try {
    const port = await freePort();
    const startedAt = performance.now();
    startProgram(scope, 'bare', { port }, { cores: placementOf().measured, onLine: () => undefined });
    await untilAnswered(`http://127.0.0.1:${port}${path}`, {});
    return performance.now() - startedAt;
  } finally {
    await scope.end();
  }
}

async function untilAnswered(url: string, headers: Record<string, string>): Promise<void> {
  const answers = async () => {
    const response = await fetch(url, { headers }).catch(() => null);
    await response?.text();
    return response?.status === 200;
  };
  if (!(await waitUntil(answers, PATIENCE_MS, 2))) throw new Error(`no 200 from ${url} within a minute`);
}
