import { connect, createServer, type Socket } from 'node:net';
import type { Teardown } from '../../helpers/services.ts';
import type { Crew, Member } from './crew.ts';

/** What partners and providers connect to: spreads connections over the gateways that say they are ready. */
export interface Front {
  url: string;
  /** Asks the gateways at once whether they are ready; the world also does so every 50 ms. */
  look(crew: Crew): Promise<void>;
}

/** A load balancer as simple as they come. Listens before any gateway runs, since its address is in their settings. */
export async function startFront(t: Teardown): Promise<Front> {
  let ready: Member[] = [];
  let turn = 0;
  let asked = 0;
  let answered = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    keep(client);
    tryNext(client, ready.length);
  });
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  // A gateway that went away in between is passed over; nothing was sent to it yet.
  const tryNext = (client: Socket, left: number) => {
    turn += 1;
    const gateway = ready[turn % Math.max(1, ready.length)];
    if (!gateway || left === 0) return void client.destroy();
    const upstream = connect({ host: '127.0.0.1', port: gateway.port });
    keep(upstream);
    let connected = false;
    upstream.once('connect', () => {
      connected = true;
      client.pipe(upstream).pipe(client);
    });
    upstream.once('error', () => (connected ? client.destroy() : tryNext(client, left - 1)));
    upstream.once('close', () => connected && client.destroy());
    client.once('close', () => upstream.destroy());
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async look(crew) {
      asked += 1;
      const look = asked;
      const gateways = crew.members('gateway');
      const answers = await Promise.all(gateways.map((gateway) => gateway.ready()));
      // An older look that took longer knows less.
      if (look < answered) return;
      answered = look;
      ready = gateways.filter((_gateway, index) => answers[index]);
    },
  };
}
