import fc from 'fast-check';
import { type History, historyArbitrary, runHistory } from './history.ts';

/**
 * Random histories of faults over the product's own handlers, loops and services; README.md tells how to run and
 * replay them. A process of its own: a test runner that follows every promise makes it three times slower.
 */
const runs = Number(process.env.SMSX_SIMULATION_RUNS ?? 3_000);
const seed = Number(process.env.SMSX_SIMULATION_SEED ?? Math.floor(Math.random() * 2 ** 31));
const path = process.env.SMSX_SIMULATION_PATH;

const started = process.hrtime.bigint();
let events = 0;
const property = fc.asyncProperty(historyArbitrary, async (history) => {
  const { broken, happened } = await runHistory(history, null);
  events += happened;
  if (broken.length > 0) throw new Error(broken.join('\n'));
});
const result = await fc.check(property, { numRuns: runs, seed, ...(path === undefined ? {} : { path }) });
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const rate = Math.round(result.numRuns / seconds);
console.log(
  `seed ${seed}: ${result.numRuns} histories, ${events} events, ${seconds.toFixed(1)} s, ${rate} histories/s`,
);
if (result.failed) {
  await tell(result.counterexample as [History]);
  process.exitCode = 1;
}

async function tell([history]: [History]): Promise<void> {
  const words: string[] = [];
  const { broken } = await runHistory(history, words);
  const lines = [
    `broken after ${result.numRuns} histories, shrunk ${result.numShrinks} times:`,
    ...broken.map((line) => `  ${line}`),
    'the history:',
    ...words.map((word, index) => `  ${index + 1}. ${word}`),
    `replay: SMSX_SIMULATION_SEED=${seed} SMSX_SIMULATION_PATH=${result.counterexamplePath}`,
  ];
  if (broken.length === 0) lines.push(String(result.errorInstance));
  console.log(lines.join('\n'));
}
