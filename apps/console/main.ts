import { runApp } from '#libs/platform';
import { startConsole } from './start.ts';

await runApp('console', async (app) => void (await startConsole(app)), { maxConnections: 5 });
