import type { LoadRequest } from './protocol.ts';

/** A request as bytes, made once; only its number is written anew before each use. */
export interface Template {
  bytes: Buffer;
  /** Where the number stands. */
  offsets: number[];
}

const DIGITS = 12;
const MARK = '~'.repeat(DIGITS);

export function createTemplate(request: LoadRequest, port: number): Template {
  const body = (request.body ?? '').replaceAll('{seq}', MARK);
  const headers = {
    host: `127.0.0.1:${port}`,
    ...request.headers,
    ...(body
      ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
      : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${request.method} ${request.path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  const bytes = Buffer.from(head.replaceAll('{seq}', MARK) + body);
  const offsets: number[] = [];
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + DIGITS)) offsets.push(at);
  return { bytes, offsets };
}

/** A copy of one's own: the bytes may still be on their way when the next request is numbered. */
export function copyTemplate(template: Template): Template {
  if (template.offsets.length === 0) return template;
  return { bytes: Buffer.from(template.bytes), offsets: template.offsets };
}

export function writeSequence({ bytes, offsets }: Template, sequence: number): void {
  for (const offset of offsets) {
    let rest = sequence;
    for (let at = offset + DIGITS - 1; at >= offset; at -= 1) {
      bytes[at] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
}
