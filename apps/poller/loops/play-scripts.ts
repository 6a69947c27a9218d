import { playScripts } from '#libs/services';
import type { Loop } from '../deps.ts';

/** Plays the provider's part for test keys, as far as a real one would come forward by itself. */
export const playScriptsOfTests: Loop = {
  name: 'play-scripts',
  intervalMs: 500,
  start:
    ({ ctx }) =>
    async () =>
      playScripts(ctx),
};
