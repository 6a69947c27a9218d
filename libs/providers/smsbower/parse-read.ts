import type { ReadAnswer } from '#libs/domain';
import type { HttpResult } from '#libs/platform';
import type { SafeText } from '../safe-text.ts';
import { noInformation } from './no-information.ts';
import { refusalOf } from './refusals.ts';
import { type Reply, readReply } from './reply.ts';

/** Reads the value of one action out of a reply; null when it is not there. */
export type ValueReader<Value> = (reply: Reply) => Value | null;

/** The frame shared by balance, catalogue and prices. */
export function parseRead<Value>(
  result: HttpResult,
  readValue: ValueReader<Value>,
  safe: SafeText,
): ReadAnswer<Value> {
  if (result.kind !== 'response') return { kind: 'no_information', detail: result.detail, throttled: false };
  const { status } = result;
  const answered = status === 200 || (status >= 400 && status < 500 && status !== 429);
  const reply: Reply = answered ? readReply(result.body) : { kind: 'unusable', detail: `http_${status}` };
  const value = status === 200 ? readValue(reply) : null;
  if (value !== null) return { kind: 'ok', value };
  const refusal = readRefusal(reply, safe);
  if (refusal) return refusal;
  const { raw, throttled, retryAfterMs } = noInformation(result, safe);
  const detail = reply.kind === 'unusable' ? reply.detail : `unrecognised: ${raw}`;
  return { kind: 'no_information', detail, throttled, retryAfterMs };
}

function readRefusal(reply: Reply, safe: SafeText): ReadAnswer<never> | null {
  if (reply.kind !== 'token' && reply.kind !== 'refusal') return null;
  const known = refusalOf(reply.name);
  if (known?.reason === 'bad_service') return { kind: 'invalid', parameter: 'service' };
  if (known?.reason === 'bad_country') return { kind: 'invalid', parameter: 'country' };
  if (known?.scope === 'account') return { kind: 'refused', message: reply.name };
  return reply.kind === 'refusal' ? { kind: 'refused', message: safe(reply.words) } : null;
}
