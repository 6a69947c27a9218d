import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { bareHost, isGlobalAddress, webhookUrlProblem } from './webhook-address.ts';

/**
 * HTTP towards URLs that partners choose, so every one may be an attack on this network. https only, no redirects;
 * the name is resolved once, every address must be public, and the connection goes to those and no other.
 */
export interface WebhookClient {
  post(request: WebhookRequest): Promise<WebhookAnswer>;
  /** Waits for running requests. */
  close(): Promise<void>;
}

export interface WebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** `failed`: no status arrived; the request may have. `detail` is a short token, never a URL. */
export type WebhookAnswer = { kind: 'answered'; status: number } | { kind: 'failed'; detail: string };

/** For tests only: production uses the defaults. */
export interface WebhookClientOptions {
  /** All addresses of a host name. Default: DNS, never the hosts file. */
  resolve?: (host: string) => Promise<string[]>;
  /** Default: isGlobalAddress. */
  isAllowed?: (address: string) => boolean;
  /** A certificate authority in place of the public ones. */
  ca?: string;
  totalTimeoutMs?: number;
}

/** DNS has as long, and so has the connection. */
const CONNECT_TIMEOUT_MS = 3_000;
const TOTAL_TIMEOUT_MS = 10_000;
const BODY_LIMIT_BYTES = 1_024;

/** The request was never written; the message is the token. */
class Refusal extends Error {}

export function createWebhookClient(options: WebhookClientOptions = {}): WebhookClient {
  const running = new Set<Promise<WebhookAnswer>>();
  return {
    post(request) {
      const answer = attempt(request, options).finally(() => running.delete(answer));
      running.add(answer);
      return answer;
    },
    async close() {
      await Promise.allSettled(running);
    },
  };
}

async function attempt(request: WebhookRequest, options: WebhookClientOptions): Promise<WebhookAnswer> {
  if (webhookUrlProblem(request.url, options.isAllowed) !== null) return failed('refused_url');
  const url = new URL(request.url);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS);
  let client: Client | null = null;
  try {
    const addresses = await allowedAddresses(bareHost(url), options);
    client = openClient(url, addresses, options);
    return { kind: 'answered', status: await exchange(client, url, request, abort.signal) };
  } catch (error) {
    return failed(detailOf(error, abort.signal.aborted));
  } finally {
    clearTimeout(timer);
    await client?.destroy();
  }
}

const failed = (detail: string): WebhookAnswer => ({ kind: 'failed', detail });

/** One private address among public ones is reason enough: which of them is taken would be chance. */
async function allowedAddresses(
  host: string,
  { resolve = resolveByDns, isAllowed = isGlobalAddress }: WebhookClientOptions,
): Promise<string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (addresses.length === 0) throw new Refusal('dns');
  if (!addresses.every(isAllowed)) throw new Refusal('refused_address');
  return addresses;
}

/** Not getaddrinfo: it reads the hosts file, and a slow name server would occupy the whole thread pool. */
async function resolveByDns(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: CONNECT_TIMEOUT_MS / 2, tries: 2 });
  const timer = setTimeout(() => resolver.cancel(), CONNECT_TIMEOUT_MS);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  clearTimeout(timer);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}

/** A connection of its own, pinned to the addresses that were checked: the name is not looked up again. */
function openClient(url: URL, addresses: string[], { ca }: WebhookClientOptions): Client {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, { all }, callback) => {
    const [first] = known;
    if (all) callback(null, known);
    else if (first) callback(null, first.address, first.family);
  };
  return new Client(url.origin, {
    connect: { lookup, timeout: CONNECT_TIMEOUT_MS, ...(ca ? { ca } : {}) },
    pipelining: 1,
    allowH2: false,
  });
}

async function exchange(
  client: Client,
  url: URL,
  { headers, body }: WebhookRequest,
  signal: AbortSignal,
): Promise<number> {
  const path = url.pathname + url.search;
  const response = await client.request({ path, method: 'POST', headers, body, signal });
  await drain(response.body);
  return response.statusCode;
}

/** The status is the answer. A little is read so that a polite endpoint can finish its sentence. */
async function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += (chunk as Buffer).length;
      if (size > BODY_LIMIT_BYTES) return;
    }
  } catch {
    // Cut off or too slow: the status has arrived all the same.
  }
}

function detailOf(error: unknown, aborted: boolean): string {
  if (error instanceof Refusal) return error.message;
  if (aborted) return 'timeout';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'connect_timeout';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'unreachable';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET') return 'reset';
  return /TLS|SSL|CERT|SIGNATURE|SELF_SIGNED/.test(code) ? 'tls' : 'failed';
}
