import fc from 'fast-check';
import t from 'tap';
import { type History, historyArbitrary, runHistory } from './history.ts';

/**
 * Random histories of faults over the product's own handlers, loops and services; see README.md.
 * SMSX_SIMULATION_RUNS=100000 runs that many; SMSX_SIMULATION_SEED (and _PATH, both printed) replays.
 */
const runs = Number(process.env.SMSX_SIMULATION_RUNS ?? 3_000);
const seed = Number(process.env.SMSX_SIMULATION_SEED ?? Math.floor(Math.random() * 2 ** 31));
const path = process.env.SMSX_SIMULATION_PATH;

t.setTimeout(900_000);

t.test(`${runs} random histories keep every promise (seed ${seed})`, async (t) => {
  const started = process.hrtime.bigint();
  const events = { total: 0 };
  const property = fc.asyncProperty(historyArbitrary, async (history) => {
    const { broken, happened } = await runHistory(history, null);
    events.total += happened;
    if (broken.length > 0) throw new Error(broken.join('\n'));
  });
  const result = await fc.check(property, { numRuns: runs, seed, ...(path === undefined ? {} : { path }) });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  t.comment(
    `${result.numRuns} histories, ${events.total} events in ${seconds.toFixed(1)} s: ${Math.round(result.numRuns / seconds)} histories/s`,
  );
  if (!result.failed) return t.pass('every history kept them');
  const [history] = result.counterexample as [History];
  const words: string[] = [];
  const { broken } = await runHistory(history, words);
  t.comment(['the history:', ...words.map((word, index) => `${index + 1}. ${word}`)].join('\n'));
  t.comment(`replay: SMSX_SIMULATION_SEED=${seed} SMSX_SIMULATION_PATH=${result.counterexamplePath}`);
  t.fail(`broken after ${result.numRuns} histories, shrunk ${result.numShrinks} times: ${broken.join('; ')}`);
});
