/** How often each model is compared, and the seed of it all. */
export function modelSettings(defaultRuns: number): { numRuns: number; seed: number } {
  const seed = Number(process.env.SMSX_MODEL_SEED ?? Math.floor(Math.random() * 2 ** 31));
  return { numRuns: Number(process.env.SMSX_MODEL_RUNS ?? defaultRuns), seed };
}
