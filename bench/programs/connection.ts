import { connect, type Socket } from 'node:net';

export interface Connection {
  send(bytes: Buffer): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH_NAMES = [Buffer.from('content-length: '), Buffer.from('Content-Length: ')];
const READ_BYTES = 65_536;

/**
 * One keep-alive connection with one request under way, and no parser beyond status and Content-Length: what the
 * generator spends on itself is taken from the server when both share a core. Opened again when it breaks.
 */
export function openConnection(
  port: number,
  on: { ready(): void; reply(status: number): void; lost(): void },
): Connection {
  let socket: Socket;
  let head: Buffer | null = null;
  let missing = 0;
  let status = 0;

  function take(chunk: Buffer): void {
    if (missing > 0) missing -= chunk.length;
    else if (!readHead(chunk)) return;
    if (missing <= 0) on.reply(status);
  }

  /** False while the head is incomplete. */
  function readHead(chunk: Buffer): boolean {
    const bytes = head ? Buffer.concat([head, chunk]) : chunk;
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) {
      head = Buffer.from(bytes);
      return false;
    }
    head = null;
    status = ((bytes[9] ?? 0) - 48) * 100 + ((bytes[10] ?? 0) - 48) * 10 + ((bytes[11] ?? 0) - 48);
    missing = end + HEAD_END.length + contentLength(bytes) - bytes.length;
    return true;
  }

  function open(): void {
    head = null;
    missing = 0;
    const onread = {
      buffer: Buffer.allocUnsafe(READ_BYTES),
      callback: (size: number, buffer: Uint8Array) => {
        take(Buffer.from(buffer.buffer, buffer.byteOffset, size));
        return true;
      },
    };
    socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    socket.once('connect', on.ready);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      on.lost();
      setTimeout(open, 20);
    });
  }

  open();
  return { send: (bytes) => void socket.write(bytes) };
}

function contentLength(bytes: Buffer): number {
  for (const name of LENGTH_NAMES) {
    const at = bytes.indexOf(name);
    if (at < 0) continue;
    let length = 0;
    for (let i = at + name.length; i < bytes.length; i += 1) {
      const digit = (bytes[i] ?? 0) - 48;
      if (digit < 0 || digit > 9) return length;
      length = length * 10 + digit;
    }
  }
  throw new Error('the answer has no Content-Length');
}
