import type { ListedMessage, Listing } from '#libs/domain';
import { asObject, parseJson } from '../json.ts';

export interface ListRequest {
  createdAfter: Date;
  createdBefore: Date;
  maxPages: number;
  /** Path and query of the first page. */
  firstPage: string;
  /** Body of a page that came with 200; throws otherwise. */
  fetchPage(pathAndQuery: string): Promise<string>;
}

interface Page {
  /** In the order of the reply; only messages we created by the API. */
  messages: ListedMessage[];
  next: string | null;
}

/**
 * Reads page after page, newest first, until one lies wholly before the span. Absence is only proven by `complete`,
 * so a single message or page that cannot be read makes the listing incomplete.
 */
export async function listMessages(request: ListRequest): Promise<Listing> {
  const { createdAfter, createdBefore, maxPages, firstPage, fetchPage } = request;
  const fromMs = Math.floor(createdAfter.getTime() / 1000) * 1000;
  const found: ListedMessage[] = [];
  let next: string | null = firstPage;
  for (let pages = 0; next !== null; pages += 1) {
    if (pages === maxPages) return { kind: 'incomplete', detail: 'too_many_pages' };
    const page = parsePage(await fetchPage(next));
    if (!page) return { kind: 'incomplete', detail: 'unreadable_page' };
    const recent = page.messages.filter((message) => message.createdAt.getTime() >= fromMs);
    found.push(...recent.filter((message) => message.createdAt <= createdBefore));
    const past = page.messages.length > 0 && recent.length === 0;
    next = past ? null : page.next;
  }
  return { kind: 'complete', messages: found };
}

function parsePage(body: string): Page | null {
  const page = asObject(parseJson(body));
  if (!page || !Array.isArray(page.messages)) return null;
  const next = page.next_page_uri ?? null;
  if (next !== null && (typeof next !== 'string' || !next.startsWith('/'))) return null;
  if (!page.messages.every((entry) => typeof asObject(entry)?.direction === 'string')) return null;
  const ours = page.messages.filter((entry) => asObject(entry)?.direction === 'outbound-api');
  const messages = ours.map(parseMessage).filter((message) => message !== null);
  return messages.length === ours.length ? { messages, next } : null;
}

function parseMessage(entry: unknown): ListedMessage | null {
  const fields = asObject(entry) ?? {};
  const { sid, status, body, error_code: errorCode } = fields;
  const createdAt = parseRfc2822(fields.date_created);
  if (typeof sid !== 'string' || typeof status !== 'string' || !createdAt) return null;
  return {
    providerSid: sid,
    providerStatus: status,
    errorCode: errorCode === null || errorCode === undefined ? null : String(errorCode),
    body: typeof body === 'string' ? body : '',
    createdAt,
  };
}

/** `Thu, 24 Aug 2023 05:01:45 +0000`, to the second. */
function parseRfc2822(value: unknown): Date | null {
  const shape = /^([A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} ([+-]\d{4}|GMT)$/;
  if (typeof value !== 'string' || !shape.test(value)) return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}
