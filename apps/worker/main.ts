import { runApp } from '#libs/platform';
import { startWorker } from './start.ts';

await runApp('worker', startWorker, { maxConnections: 20 });
