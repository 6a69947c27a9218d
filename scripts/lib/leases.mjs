import { createServer } from 'node:net';
import { isAlive } from './processes.mjs';

/**
 * Who still needs the services. A lease ends with its holder however it dies: it is a connection, which the
 * operating system closes, or a process id, which is looked at. `onNone` is called when the last one is gone.
 */
export class Leases {
  #holders = new Set();
  #onNone;
  #server;

  constructor({ token, onNone }) {
    this.token = token;
    this.#onNone = onNone;
  }

  /** The starter's own channel (`stdio: 'ipc'`). */
  holdWhileConnected(channel) {
    if (!channel.connected) return this.#onNone();
    this.#holders.add(channel);
    channel.on('disconnect', () => this.#drop(channel));
  }

  holdWhileAlive(pid) {
    const holder = Symbol(`process ${pid}`);
    this.#holders.add(holder);
    const timer = setInterval(() => {
      if (isAlive(pid)) return;
      clearInterval(timer);
      this.#drop(holder);
    }, 500);
  }

  /**
   * Resolves with the port on 127.0.0.1. A holder sends `hold <token>` and is told `held`; `release` is answered
   * by `kept` (others hold leases) or `stopping`; `stop <token>` ends the services whoever holds them.
   */
  listen() {
    this.#server = createServer((socket) => this.#serve(socket));
    return new Promise((resolve, reject) => {
      this.#server.on('error', reject);
      this.#server.listen(0, '127.0.0.1', () => resolve(this.#server.address().port));
    });
  }

  #serve(socket) {
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => this.#drop(socket));
    socket.on('data', (chunk) => {
      for (const line of chunk.split('\n')) this.#obey(socket, line.trim());
    });
  }

  #obey(socket, line) {
    if (line === `hold ${this.token}`) {
      this.#holders.add(socket);
      socket.write('held\n');
    } else if (line === `stop ${this.token}`) {
      socket.write('stopping\n');
      this.#onNone();
    } else if (line === 'release' && this.#holders.has(socket)) {
      socket.write(this.#holders.size > 1 ? 'kept\n' : 'stopping\n');
      this.#drop(socket);
    } else if (line !== '') socket.destroy();
  }

  #drop(holder) {
    if (this.#holders.delete(holder) && this.#holders.size === 0) this.#onNone();
  }
}
