import { runApp } from '#libs/platform';
import { startPoller } from './start.ts';

await runApp('poller', startPoller, { maxConnections: 15, statementTimeoutMs: 30_000 });
