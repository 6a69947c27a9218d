import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '#libs/store';
import { preparePostgres, startPostgres } from '../../../scripts/lib/embedded-postgres.mjs';
import type { Teardown } from '../../helpers/services.ts';
import { startProxy, type TcpProxy } from './proxy.ts';

/** A PostgreSQL of this test's own, durable, behind a proxy whose port stays while the server comes and goes. */
export interface OwnPostgres {
  /** Through the proxy: what the apps are given. */
  url: string;
  /** For the test itself: no toxic on the way, and it outlives restarts. */
  directUrl: string;
  pid(): number;
  proxy: TcpProxy;
  /** `fast` as an operator stops it; `kill` as a power cut does. */
  stop(how: 'fast' | 'kill'): Promise<void>;
  start(): Promise<void>;
}

const PASSWORD = 'fault-test';

export async function createOwnPostgres(t: Teardown): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'smsx-test-postgres-'));
  await preparePostgres({ folder, password: PASSWORD });
  const options = { folder, password: PASSWORD, durable: true };
  let server: Awaited<ReturnType<typeof startPostgres>> | null = await startPostgres(options);
  const proxy = await startProxy(t, server.port);
  const ownWay = await startProxy(t, server.port);
  const through = (way: TcpProxy) =>
    Object.assign(new URL(server?.url ?? ''), { port: String(way.port) }).href;
  t.teardown(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await migrate(server.url);
  return {
    url: through(proxy),
    directUrl: through(ownWay),
    pid: () => server?.pid ?? 0,
    proxy,
    async stop(how) {
      if (how === 'kill' && server) process.kill(server.pid, 'SIGQUIT');
      await server?.stop();
      server = null;
    },
    async start() {
      server = await startPostgres(options);
      for (const way of [proxy, ownWay]) way.pointTo(server.port);
    },
  };
}
