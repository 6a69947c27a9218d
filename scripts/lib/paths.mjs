import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout; every path of the launchers is absolute, so the caller's folder does not matter. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** All that `npm start` keeps between runs. */
export const dataFolder = join(root, '.data');
