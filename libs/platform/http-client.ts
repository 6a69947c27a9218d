import { Agent, buildConnector, Client, type Dispatcher, errors } from 'undici';
import { ExchangeFailure, exchangeOnce, UnusableResponse } from './http-exchange.ts';
import { createSlots } from './slots.ts';

/**
 * HTTP towards providers. A result is data, and says what is proven about the request:
 *
 * - `response`: status, headers and the whole body arrived.
 * - `not_sent`: the connection was never established, so no byte of the request left (DNS, refused, connect
 *   timeout, TLS handshake). Safe to repeat.
 * - `unknown`: everything else. The request may have been carried out.
 *
 * No redirects, no replay, no decompression. `detail` is a short token; a URL, which may hold a key, never
 * appears in a result.
 */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResult>;
  /** Waits for running requests, then closes idle connections. Later requests are `not_sent`. */
  close(): Promise<void>;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Opens a connection for this request only, so that no stale one can swallow it. Default false. */
  freshConnection?: boolean;
  /** From the request written to the response headers. Default: the client's. */
  headersTimeoutMs?: number;
  /** Default: the client's. */
  bodyLimitBytes?: number;
}

export type HttpResult =
  | HttpResponse
  | { kind: 'not_sent'; detail: string }
  | { kind: 'unknown'; detail: string };

export interface HttpResponse {
  kind: 'response';
  status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: Record<string, string>;
  /** Decoded as UTF-8. */
  body: string;
}

export interface HttpClientOptions {
  /** DNS, TCP and TLS together. undici's timers are coarse: it may take half a second longer. */
  connectTimeoutMs: number;
  headersTimeoutMs: number;
  /** The whole body, however steadily it drips. */
  bodyTimeoutMs: number;
  bodyLimitBytes: number;
}

/** The connection phase failed: proof that nothing of the request was written. */
class ConnectFailure extends Error {}

/** Both of undici's coarse timers may run late by up to a second; the net below must not fire before them. */
const TIMER_SLACK_MS = 2_500;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const connect = createConnector(options.connectTimeoutMs);
  const connection = { connect, pipelining: 1, bodyTimeout: options.bodyTimeoutMs, allowH2: false };
  const agent = new Agent(connection);
  const running = createSlots<Promise<HttpResult>>();
  let closed = false;

  async function attempt(request: HttpRequest, url: URL): Promise<HttpResult> {
    if (!request.freshConnection) return exchange(agent, request, url, options);
    const client = new Client(url.origin, connection);
    const result = await exchange(client, request, url, options);
    void client.destroy();
    return result;
  }

  return {
    async request(request) {
      if (closed) return { kind: 'not_sent', detail: 'client_closed' };
      const url = parseUrl(request.url);
      if (!url || !/^https?:$/.test(url.protocol)) return { kind: 'not_sent', detail: 'invalid_url' };
      const result = attempt(request, url);
      const slot = running.add(result);
      return result.finally(() => running.free(slot));
    },
    async close() {
      closed = true;
      await Promise.allSettled(running.items());
      await agent.close();
    },
  };
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

async function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  url: URL,
  options: HttpClientOptions,
): Promise<HttpResult> {
  const headersTimeout = request.headersTimeoutMs ?? options.headersTimeoutMs;
  const sent = {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: request.headers ?? {},
    body: request.body ?? null,
    headersTimeout,
    reset: request.freshConnection ?? false,
  };
  const limits = {
    responseMs: options.connectTimeoutMs + headersTimeout + TIMER_SLACK_MS,
    bodyMs: options.bodyTimeoutMs,
    bodyBytes: request.bodyLimitBytes ?? options.bodyLimitBytes,
  };
  try {
    const { status, headers, body } = await exchangeOnce(dispatcher, sent, limits);
    const flat = flattenHeaders(headers);
    if (!/^(identity)?$/i.test(flat['content-encoding'] ?? ''))
      return { kind: 'unknown', detail: 'encoded_body' };
    return { kind: 'response', status, headers: flat, body };
  } catch (error) {
    return failureOf(error);
  }
}

/**
 * undici's connector, its errors marked: they come before it hands out a socket, and only a handed-out socket
 * is ever written to. A reset after that is an ordinary error and thus `unknown`.
 */
function createConnector(connectTimeoutMs: number): buildConnector.connector {
  const connector = buildConnector({ timeout: connectTimeoutMs });
  return (target, callback) => {
    const started = performance.now();
    connector(target, (error: Error | null, socket: Parameters<buildConnector.Callback>[1]) => {
      // The connector's clock stands still while a process is frozen; nothing may be written long after.
      const late = performance.now() - started > connectTimeoutMs + TIMER_SLACK_MS;
      if (late) socket?.destroy();
      if (late) callback(new ConnectFailure('connect_timeout'), null);
      else if (error || !socket) callback(new ConnectFailure(connectDetail(error, target.protocol)), null);
      else callback(null, socket);
    });
  };
}

function connectDetail(error: Error | null, protocol: string): string {
  switch (errorCode(error)) {
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return 'connect_timeout';
    case 'ECONNREFUSED':
      return 'refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'dns';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'unreachable';
    default:
      return protocol === 'https:' ? 'tls' : 'connect_failed';
  }
}

function failureOf(error: unknown): HttpResult {
  const { cause, responded, timedOut } =
    error instanceof ExchangeFailure ? error : { cause: error, responded: false, timedOut: false };
  if (cause instanceof ConnectFailure) return { kind: 'not_sent', detail: cause.message };
  return { kind: 'unknown', detail: unknownDetail(cause, responded, timedOut) };
}

function unknownDetail(error: unknown, responded: boolean, aborted: boolean): string {
  if (error instanceof UnusableResponse) return error.message;
  if (aborted) return responded ? 'body_timeout' : 'headers_timeout';
  const code = errorCode(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return 'headers_timeout';
  if (code === 'UND_ERR_BODY_TIMEOUT') return 'body_timeout';
  if (error instanceof errors.HTTPParserError || code === 'UND_ERR_HEADERS_OVERFLOW') return 'malformed';
  if (responded) return 'truncated';
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET' ? 'reset' : 'failed';
}

function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : '';
}

function flattenHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    flat[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return flat;
}
