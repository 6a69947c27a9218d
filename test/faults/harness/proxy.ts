import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../scripts/lib/ports.mjs';
import type { Teardown } from '../../helpers/services.ts';

/**
 * What a network may do. All but `refuse` leave the listener open.
 *
 * - `latency`: every chunk comes that much later, in order.
 * - `blackhole`: connections stand, nothing passes in either direction.
 * - `reset`: every connection is reset, old or new.
 * - `refuse`: connections are refused, and the standing ones reset.
 * - `limit`: after so many bytes of reply the connection is cut.
 * - `lost-reply`: what is sent reaches the other side and is carried out; its reply is dropped and the connection
 *   reset. With `match`, only after a chunk that contains all of it. `times` counts connections; default 1.
 */
export type Toxic =
  | { kind: 'latency'; ms: number }
  | { kind: 'blackhole' }
  | { kind: 'reset' }
  | { kind: 'refuse' }
  | { kind: 'limit'; bytes: number }
  | { kind: 'lost-reply'; match?: string[]; times?: number };

export interface TcpProxy {
  port: number;
  /** How many connections stand. */
  connections(): number;
  /** How many replies were lost by `lost-reply` so far. */
  lostReplies(): number;
  /** In force until the returned function is called, one at a time. */
  apply(toxic: Toxic): Promise<() => Promise<void>>;
  /** Later connections go there; standing ones stay. */
  pointTo(port: number): void;
}

interface Pair {
  client: Socket;
  upstream: Socket;
  /** A `lost-reply` has struck: the next reply is dropped. */
  doomed: boolean;
}

/** A TCP proxy of 127.0.0.1 before the service on `port`. */
export async function startProxy(t: Teardown, port: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let target = port;
  let toxic: Toxic | null = null;
  let hole: { closed: Promise<void>; open: () => void } | null = null;
  let struck = 0;
  let lost = 0;
  const own = await freePort();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => undefined);
    if (toxic?.kind === 'reset') reset(client);
    else open(client);
  });

  function open(client: Socket): void {
    const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true });
    const pair: Pair = { client, upstream, doomed: false };
    pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => end(pair));
      socket.on('close', () => end(pair));
    }
    pass(client, upstream, (chunk) => sent(pair, chunk));
    pass(upstream, client, (chunk) => answered(pair, chunk));
  }

  /** Chunks wait for their turn; what falls into a blackhole comes out when it opens, as TCP would repeat it. */
  function pass(from: Socket, to: Socket, inspect: (chunk: Buffer) => boolean): void {
    let turn: Promise<unknown> = Promise.resolve();
    from.on('data', (chunk) => {
      if (!inspect(chunk)) return;
      const closed = hole?.closed;
      const ms = toxic?.kind === 'latency' ? toxic.ms : 0;
      turn = turn.then(() => closed ?? (ms > 0 ? delay(ms) : undefined));
      void turn.then(() => to.writable && to.write(chunk));
    });
    from.on('end', () => void turn.then(() => to.end()));
  }

  function sent(pair: Pair, chunk: Buffer): boolean {
    if (toxic?.kind !== 'lost-reply' || pair.doomed || struck >= (toxic.times ?? 1)) return true;
    if (toxic.match?.some((part) => !chunk.includes(part))) return true;
    struck += 1;
    pair.doomed = true;
    return true;
  }

  function answered(pair: Pair, chunk: Buffer): boolean {
    if (pair.doomed) {
      lost += 1;
      reset(pair.client);
      return false;
    }
    if (toxic?.kind !== 'limit') return true;
    pair.client.write(chunk.subarray(0, toxic.bytes), () => reset(pair.client));
    return false;
  }

  function end(pair: Pair): void {
    if (!pairs.delete(pair)) return;
    pair.client.destroy();
    pair.upstream.destroy();
  }

  const listen = () => new Promise<void>((resolve) => server.listen(own, '127.0.0.1', () => resolve()));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  const resetAll = () => {
    for (const { client, upstream } of pairs) {
      reset(client);
      reset(upstream);
    }
  };
  await listen();
  t.teardown(async () => {
    for (const pair of pairs) end(pair);
    if (server.listening) await close();
  });
  return {
    port: own,
    connections: () => pairs.size,
    lostReplies: () => lost,
    async apply(next) {
      toxic = next;
      struck = 0;
      if (next.kind === 'blackhole') hole = createHole();
      if (next.kind === 'reset') resetAll();
      if (next.kind === 'refuse') {
        const closed = close();
        resetAll();
        await closed;
      }
      return async () => {
        toxic = null;
        hole?.open();
        hole = null;
        if (!server.listening) await listen();
      };
    },
    pointTo(next) {
      target = next;
    },
  };
}

function createHole() {
  let open: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

/** Node 20 never ends when a socket is reset while its end is being sent. */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
