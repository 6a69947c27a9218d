import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.ts';

/** Clients that hold one connection each, and come back with a question the moment it is lost. */
export interface Herd {
  /** Resolves when every client has had its answer after the connection it held was lost. */
  answered: Promise<HerdAnswer[]>;
}

export interface HerdAnswer {
  /** 0: none came, although the connection stood. */
  status: number;
  /** From the request until its answer. */
  ms: number;
}

const WAITS_FOR_ANSWER_MS = 60_000;

/** Resolves once all of them are connected to `port`. */
export async function gatherHerd(options: {
  port: number;
  clients: number;
  random: Random;
  /** The request's bytes for the client of that number. */
  request: (client: number) => string;
  /** They come back at that moment, all at once. */
  comeBack: Promise<unknown>;
}): Promise<Herd> {
  const { port, clients, random } = options;
  const held: Socket[] = [];
  for (let i = 0; i < clients; i += 1) {
    held.push(await connected(port, random));
  }
  const answers = held.map(async (socket, client) => {
    await new Promise((resolve) => socket.once('close', resolve));
    await options.comeBack;
    return ask(await connected(port, random), options.request(client));
  });
  return { answered: Promise.all(answers) };
}

/**
 * Refused connections are tried again, as every client does while a server restarts; ever more slowly, or thousands of
 * attempts a second would leave the server no CPU to start with.
 */
async function connected(port: number, random: Random): Promise<Socket> {
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 1_600)) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    const stands = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    if (stands) return socket;
    await delay(random.between(pauseMs / 5, pauseMs));
  }
}

function ask(socket: Socket, request: string): Promise<HerdAnswer> {
  const started = performance.now();
  return new Promise((resolve) => {
    const finish = (status: number) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ status, ms: performance.now() - started });
    };
    const timer = setTimeout(() => finish(0), WAITS_FOR_ANSWER_MS);
    socket.once('data', (chunk) => finish(Number(/^HTTP\/1\.1 (\d{3})/.exec(String(chunk))?.[1] ?? 0)));
    socket.once('close', () => finish(0));
    socket.write(request);
  });
}
