import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those may take a port before its server does. */
const LOWEST = 15_000;
const HIGHEST = 32_000;
const ATTEMPTS = 100;

const given = new Set();

/** A port on 127.0.0.1 that was free a moment ago, and that this process has not been given before. */
export async function freePort() {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port was found between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
