import type { SandboxContext } from '../core/context.ts';
import { type Answer, json } from '../core/reply.ts';
import type { SandboxMessage } from '../core/state.ts';
import { twilioError } from './errors.ts';
import { type Form, field } from './form.ts';
import { messageJson } from './message-json.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;
const FILTERS = ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>'];

/** GET Messages.json, newest first. A message that was not sent yet has no DateSent and fails every filter by it. */
export function listMessages(ctx: SandboxContext, query: Form): Answer {
  const pageSize = Math.min(LARGEST_PAGE, Number(field(query, 'PageSize') ?? DEFAULT_PAGE));
  if (!Number.isInteger(pageSize) || pageSize < 1)
    return twilioError(20001, 'PageSize must be a positive number');
  const found = [...ctx.state.messages.values()].reverse().filter((message) => matches(ctx, message, query));
  const start = startOf(found, field(query, 'PageToken'));
  const page = Number(field(query, 'Page') ?? 0) || 0;
  const messages = found.slice(start, start + pageSize);
  const last = messages.at(-1);
  const hasMore = start + messages.length < found.length;
  const uri = (number: number, token?: string): string => pageUri(ctx, query, { pageSize, number, token });
  return json({
    end: page * pageSize + messages.length - 1,
    first_page_uri: uri(0),
    messages: messages.map((message) => messageJson(message, ctx.settings.accountSid)),
    next_page_uri: hasMore && last ? uri(page + 1, `PA${last.sid}`) : null,
    page,
    page_size: pageSize,
    previous_page_uri: page > 0 ? uri(page - 1, field(query, 'PageToken')) : null,
    start: page * pageSize,
    uri: uri(page, field(query, 'PageToken')),
  });
}

function matches(ctx: SandboxContext, message: SandboxMessage, query: Form): boolean {
  if (message.listedFromMs > ctx.clock.nowMs()) return false;
  const to = field(query, 'To');
  const from = field(query, 'From');
  if (to && message.to !== to) return false;
  if (from && message.from !== from) return false;
  return matchesDate(message.sentAtMs, query);
}

function matchesDate(sentAtMs: number | null, query: Form): boolean {
  const on = field(query, 'DateSent');
  const before = field(query, 'DateSent<');
  const after = field(query, 'DateSent>');
  if (!on && !before && !after) return true;
  if (sentAtMs === null) return false;
  const iso = new Date(sentAtMs).toISOString();
  if (on && !iso.startsWith(on.slice(0, 10))) return false;
  if (before && isoUpTo(iso, before) > before) return false;
  return !(after && isoUpTo(iso, after) < after);
}

/** A bound of a day takes the whole day in; one of a second the whole second. */
function isoUpTo(iso: string, bound: string): string {
  return bound.length <= 10 ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`;
}

/** A token names the last message of the page before. */
function startOf(found: SandboxMessage[], token: string | undefined): number {
  if (!token) return 0;
  const index = found.findIndex(({ sid }) => `PA${sid}` === token);
  return index + 1;
}

interface PagePlace {
  pageSize: number;
  number: number;
  token: string | undefined;
}

function pageUri({ settings }: SandboxContext, query: Form, { pageSize, number, token }: PagePlace): string {
  const parameters = new URLSearchParams();
  for (const name of FILTERS) {
    const value = field(query, name);
    if (value) parameters.set(name, value);
  }
  parameters.set('PageSize', String(pageSize));
  parameters.set('Page', String(number));
  if (token) parameters.set('PageToken', token);
  return `/2010-04-01/Accounts/${settings.accountSid}/Messages.json?${parameters}`;
}
