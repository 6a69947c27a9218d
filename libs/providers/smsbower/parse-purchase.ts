import { E164, type Outcome, type Purchase, parseMicros } from '#libs/domain';
import type { HttpResponse, HttpResult } from '#libs/platform';
import { asObject } from '../json.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { SafeText } from '../safe-text.ts';
import { refusalOf } from './refusals.ts';
import { type Reply, readReply } from './reply.ts';

/** Rate limits are unpublished; no repeat sooner than this. */
export const LEAST_BACK_OFF_MS = 5_000;

/** getNumberV2 and getNumber. Only a number or a recognised refusal is a verdict; everything else is `unknown`. */
export function parsePurchase(result: HttpResult, safe: SafeText): Outcome<Purchase> {
  if (result.kind === 'not_sent') {
    return { kind: 'not_sent', detail: result.detail, throttled: false, retryAfterMs: null };
  }
  if (result.kind === 'unknown') return { kind: 'unknown', detail: result.detail };
  const { status } = result;
  if (status === 429) {
    const wait = Math.max(LEAST_BACK_OFF_MS, retryAfterMs(result.headers) ?? 0);
    return { kind: 'not_sent', detail: 'http_429', throttled: true, retryAfterMs: wait };
  }
  const answered = (status >= 200 && status < 300) || (status >= 400 && status < 500);
  if (!answered) return { kind: 'unknown', detail: `http_${status}` };
  const reply = readReply(result.body);
  return (
    (status < 300 ? boughtNumber(reply) : null) ?? refusal(result, reply, safe) ?? noVerdict(result, reply)
  );
}

/** `ACCESS_NUMBER:id:phone` (further fields ignored), or V2's object with fields of any type. */
function boughtNumber(reply: Reply): Outcome<Purchase> | null {
  if (reply.kind === 'token' && reply.name === 'ACCESS_NUMBER') {
    const [id, phone] = (reply.argument ?? '').split(':');
    return purchase(id, phone, null);
  }
  const fields = reply.kind === 'json' ? asObject(reply.value) : null;
  if (!fields || !('activationId' in fields)) return null;
  return purchase(fields.activationId, fields.phoneNumber, fields.activationCost);
}

function purchase(id: unknown, phone: unknown, cost: unknown): Outcome<Purchase> {
  const providerRef = readId(id);
  if (!providerRef) return { kind: 'unknown', detail: 'number_without_id' };
  const e164 = readPhone(phone);
  if (!e164) return { kind: 'unknown', detail: `number_without_phone:${providerRef}` };
  const costMicros = parseMicros(cost, 'up');
  const known = costMicros !== null && costMicros >= 0n;
  return { kind: 'accepted', value: { providerRef, phone: e164, costMicros: known ? costMicros : null } };
}

/** Ids are opaque; a JSON number too large to be exact is no id. */
function readId(value: unknown): string | null {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return null;
  const id = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return /^[0-9A-Za-z_-]{1,64}$/.test(id) && !/^[-0]+$/.test(id) ? id : null;
}

/** Digits with country code, the plus usually missing. Fewer than seven digits may be a cut-off body. */
function readPhone(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const phone = `+${String(value)
    .trim()
    .replace(/^\+/, '')
    .replace(/[\s().-]/g, '')}`;
  return E164.test(phone) && phone.length >= 8 ? phone : null;
}

function refusal({ status }: HttpResponse, reply: Reply, safe: SafeText): Outcome<never> | null {
  if (reply.kind !== 'token' && reply.kind !== 'refusal') return null;
  const known = refusalOf(reply.name);
  if (known) {
    const words = reply.argument ? `${reply.name}:${reply.argument}` : reply.name;
    return { kind: 'rejected', ...known, code: reply.name, message: safe(words) };
  }
  if (reply.kind !== 'refusal' || (status !== 404 && status !== 405)) return null;
  return {
    kind: 'rejected',
    scope: 'account',
    reason: 'other',
    code: `HTTP_${status}`,
    message: safe(reply.words),
  };
}

function noVerdict({ status }: HttpResponse, reply: Reply): Outcome<never> {
  if (status >= 400) return { kind: 'unknown', detail: `http_${status}` };
  if (reply.kind === 'unusable') return { kind: 'unknown', detail: reply.detail };
  return {
    kind: 'unknown',
    detail: reply.kind === 'json' ? 'unrecognised_json' : `unrecognised:${reply.name}`,
  };
}
