import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/lib/paths.mjs';
import { createProgress } from '../scripts/lib/progress.mjs';
import { Trouble } from '../scripts/lib/run.mjs';
import { BENCHMARKS } from './benchmarks.ts';
import { checkAgainstBaseline } from './harness/baseline.ts';
import type { Benchmark } from './harness/benchmark.ts';
import { leaveMeasuredCore } from './harness/cores.ts';
import { describeMachine, loadNow } from './harness/machine.ts';
import { HELP, type Options, readOptions } from './harness/options.ts';
import { programsFolder } from './harness/programs.ts';
import { describeMachineText, describeResult } from './harness/report.ts';
import { judge, type Result } from './harness/result.ts';
import { createScope } from './harness/scope.ts';

const RESULTS = join(root, 'bench/results');

try {
  process.exitCode = await main(readOptions(process.argv.slice(2)));
} catch (error) {
  const known = error instanceof Trouble || (error instanceof Error && 'code' in error);
  process.stderr.write(`\n${known || !(error instanceof Error) ? String(error) : error.stack}\n`);
  process.exitCode = 1;
}

async function main(options: Options): Promise<number> {
  if (options.help) return say(HELP);
  if (options.list) return say(BENCHMARKS.map(({ name, ours }) => `${name.padEnd(18)} ${ours}`).join('\n'));
  const asked = chosen(options.names);
  leaveMeasuredCore();
  const { results, failures } = await runAll(asked, options);
  rmSync(programsFolder(), { recursive: true, force: true });
  const check = options.check ? checkAgainstBaseline(results) : { text: '', ok: true };
  if (options.json) process.stdout.write(`${JSON.stringify({ results, failures, check }, null, 2)}\n`);
  else say([check.text, ...failures].filter(Boolean).join('\n'));
  return failures.length > 0 || !check.ok ? 1 : 0;
}

function say(text: string): number {
  if (text) process.stdout.write(`${text}\n`);
  return 0;
}

function chosen(names: string[]): readonly Benchmark[] {
  const stranger = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (stranger) throw new Trouble(`There is no benchmark ${stranger}; --list tells all of them.`);
  return names.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name));
}

async function runAll(benchmarks: readonly Benchmark[], options: Options) {
  const results: Result[] = [];
  const failures: string[] = [];
  for (const benchmark of benchmarks) {
    try {
      const result = await runOne(benchmark, options);
      results.push(result);
      if (!options.json)
        say(
          `${results.length === 1 ? `${describeMachineText(result.machine)}\n` : ''}\n${describeResult(result)}`,
        );
    } catch (error) {
      failures.push(`${benchmark.name} failed: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return { results, failures };
}

async function runOne(benchmark: Benchmark, options: Options): Promise<Result> {
  const progress = createProgress(process.stderr);
  const scope = createScope();
  const loadBefore = loadNow();
  const { rounds, seconds, minutes, size } = options;
  return progress.step(benchmark.name, async (relabel: (label: string) => void) => {
    const told = (text: string) => {
      relabel(`${benchmark.name}: ${text}`);
      if (!process.stderr.isTTY) progress.line(`… ${benchmark.name}: ${text}`);
    };
    try {
      const outcome = await benchmark.run({ scope, rounds, seconds, minutes, size, progress: told });
      const result = judge(benchmark, outcome, { rounds, seconds, machine: describeMachine(loadBefore) });
      mkdirSync(RESULTS, { recursive: true });
      writeFileSync(join(RESULTS, `${benchmark.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
      relabel(benchmark.name);
      return result;
    } finally {
      await scope.end();
    }
  });
}
