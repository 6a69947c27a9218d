import { createServer, type ServerResponse } from 'node:http';
import type { AppContext } from './app-context.ts';

/** `/healthz` (the process lives), `/readyz` (it can serve), `/metrics` (Prometheus text) on OPS_PORT. */
export async function startOpsServer(app: AppContext, port: number): Promise<number> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    answer(app, path ?? '/', response).catch((err) => {
      app.log.error({ event: 'ops.failed', err });
      if (!response.headersSent) sendJson(response, 500, { ok: false });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, app.config.host, resolve);
  });
  app.onClose('ops', () => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function answer(app: AppContext, path: string, response: ServerResponse): Promise<void> {
  if (path === '/healthz') return sendJson(response, 200, { ok: true, app: app.name });
  if (path === '/readyz') {
    const problems = await app.checkReadiness();
    const ok = Object.keys(problems).length === 0;
    return sendJson(response, ok ? 200 : 503, { ok, app: app.name, problems });
  }
  if (path === '/metrics') {
    response.writeHead(200, { 'content-type': app.metrics.registry.contentType });
    response.end(await app.metrics.registry.metrics());
    return;
  }
  sendJson(response, 404, { ok: false, paths: ['/healthz', '/readyz', '/metrics'] });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
