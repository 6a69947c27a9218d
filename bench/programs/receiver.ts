// Endpoints of partners behind https: one that answers, one that takes its time, one that never says a word.
import { createServer } from 'node:https';
import { readSpec, say } from './protocol.ts';

const { cert, key, slowMs } = readSpec<{ cert: string; key: string; slowMs: number }>();
/** From each event until it arrived here, in ms; both by this machine's clock. */
let delays: number[] = [];

const server = createServer({ cert, key }, async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const arrivedAt = performance.timeOrigin + performance.now();
  if (request.url === '/slow') return void setTimeout(() => response.end(), slowMs);
  if (request.url === '/silent') return;
  if (request.url === '/control/take') {
    response.end(JSON.stringify(delays));
    delays = [];
    return;
  }
  delays.push(arrivedAt - Date.parse((JSON.parse(body) as { created_at: string }).created_at));
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say({ event: 'ready', port: typeof address === 'object' && address ? address.port : 0 });
});
