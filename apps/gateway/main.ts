import { runApp } from '#libs/platform';
import { startGateway } from './start.ts';

await runApp('gateway', async (app) => void (await startGateway(app)), { maxConnections: 20 });
