import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface Partner {
  userId: number;
  apiKey: string;
}

/** One answer as the partner got it; `status` 0: none came (reset, refused, timed out). */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
  ms: number;
}

/** What a partner wanted once, with every answer to it. The same key goes with every try. */
export interface Wish {
  kind: 'send' | 'rent';
  partner: Partner;
  idempotencyKey: string;
  /** A send's own recipient, which no other send has. */
  to: string | null;
  answers: Answer[];
  /** Of the first 2xx. */
  id: string | null;
}

/** The log of everything partners asked for and were told. */
export interface ClientLog {
  wishes: Wish[];
  /** Of every request, in milliseconds. */
  slowestMs: number;
  /** The same for those that wait for nobody: all but rents, which wait for their purchase by design. */
  slowestPromptMs: number;
  /** Of every reading of a rental's status. */
  statusReads: Map<number, number>;
  /** How often each status was answered. */
  statuses: Map<number, number>;
}

export interface Client {
  log: ClientLog;
  /** Repeats until a 2xx or a refusal that repeating cannot change. `tries` 1: asks once. */
  send(partner: Partner, options?: { tries?: number; to?: string }): Promise<Wish>;
  rent(partner: Partner, options?: { tries?: number; service?: string; country?: number }): Promise<Wish>;
  request(
    partner: Partner,
    path: string,
    init?: { body?: object; headers?: Record<string, string> },
  ): Promise<Answer>;
  status(partner: Partner, activationId: string): Promise<Answer>;
  message(partner: Partner, id: string): Promise<Answer>;
}

const TIMEOUT_MS = 40_000;
const BEFORE_NEXT_TRY_MS = 100;

/** A partner's program that does as the documentation says: whatever may have failed is repeated with its key. */
export function createClient(baseUrl: string): Client {
  const log: ClientLog = {
    wishes: [],
    slowestMs: 0,
    slowestPromptMs: 0,
    statusReads: new Map(),
    statuses: new Map(),
  };
  let recipients = 0;

  async function request(
    partner: Partner,
    path: string,
    init: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const started = performance.now();
    const answer = await ask(baseUrl + path, partner, init);
    const ms = performance.now() - started;
    log.slowestMs = Math.max(log.slowestMs, ms);
    if (!path.includes('action=rent_number')) log.slowestPromptMs = Math.max(log.slowestPromptMs, ms);
    if (path.includes('action=status&')) count(log.statusReads, answer.status);
    count(log.statuses, answer.status);
    return { ...answer, ms };
  }

  async function fulfil(wish: Wish, path: string, body: object, tries: number): Promise<Wish> {
    log.wishes.push(wish);
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const headers = { 'idempotency-key': wish.idempotencyKey };
      const answer = await request(wish.partner, path, { body, headers });
      wish.answers.push(answer);
      if (answer.status >= 200 && answer.status < 300) {
        wish.id = String(answer.body.id ?? answer.body.activation_id);
        return wish;
      }
      if (!mayHelp(answer)) return wish;
      await delay(BEFORE_NEXT_TRY_MS);
    }
    return wish;
  }

  return {
    log,
    request,
    send(partner, { tries = 300, to } = {}) {
      recipients += 1;
      const recipient = to ?? `+1555${String(2_000_000 + recipients).padStart(7, '0')}`;
      const wish = newWish('send', partner, recipient);
      return fulfil(wish, '/api/sms-send.php', { to: recipient, message: `Hello ${recipients}` }, tries);
    },
    rent(partner, { tries = 300, service = 'tg', country = 22 } = {}) {
      const wish = newWish('rent', partner, null);
      return fulfil(wish, '/api/virtual-numbers.php?action=rent_number', { service, country }, tries);
    },
    status: (partner, id) => request(partner, `/api/virtual-numbers.php?action=status&id=${id}`),
    message: (partner, id) => request(partner, `/v1/messages/${id}`),
  };
}

function count(counts: Map<number, number>, status: number): void {
  counts.set(status, (counts.get(status) ?? 0) + 1);
}

function newWish(kind: Wish['kind'], partner: Partner, to: string | null): Wish {
  return { kind, partner, idempotencyKey: randomUUID(), to, answers: [], id: null };
}

/** No answer, a 5xx, too many requests, or the first try is still running. */
function mayHelp({ status, body }: Answer): boolean {
  return status === 0 || status >= 500 || status === 429 || body.error === 'idempotency_in_flight';
}

async function ask(
  url: string,
  partner: Partner,
  { body, headers = {} }: { body?: object; headers?: Record<string, string> },
): Promise<Omit<Answer, 'ms'>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${partner.apiKey}`, ...headers },
      body: body ? JSON.stringify(body) : null,
      signal: abort.signal,
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return { status: 0, text: '', body: {} };
  } finally {
    clearTimeout(timer);
  }
}
