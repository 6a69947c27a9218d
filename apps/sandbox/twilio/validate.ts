import { E164 } from '#libs/domain';
import type { Answer } from '../core/reply.ts';
import { twilioError } from './errors.ts';
import { type Form, field } from './form.ts';
import { MAGIC_FROM, MAGIC_TO } from './magic-numbers.ts';

/** A create request that Twilio would take. */
export interface CreateRequest {
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  statusCallback: string | null;
  sendAtMs: number | null;
}

const SERVICE_SID = /^MG[0-9a-f]{32}$/i;
const SENDER = /^(\+[1-9]\d{4,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11})$/;
const LONGEST_BODY = 1600;
const SCHEDULE_WINDOW_MS = [300_000, 35 * 86_400_000] as const;

export type Validated = { request: CreateRequest } | { problem: Answer };

export function validateCreate(form: Form, nowMs: number): Validated {
  const problem =
    recipientProblem(form) ??
    senderProblem(form) ??
    bodyProblem(form) ??
    callbackProblem(form) ??
    timeProblem(form, nowMs);
  return problem ? { problem } : { request: readRequest(form) };
}

function readRequest(form: Form): CreateRequest {
  const sendAt = field(form, 'SendAt');
  return {
    to: field(form, 'To') ?? '',
    from: field(form, 'From') ?? null,
    messagingServiceSid: field(form, 'MessagingServiceSid') ?? null,
    body: field(form, 'Body') ?? '',
    statusCallback: field(form, 'StatusCallback') || null,
    sendAtMs: sendAt ? Date.parse(sendAt) : null,
  };
}

function recipientProblem(form: Form): Answer | null {
  const to = field(form, 'To');
  if (!to) return twilioError(21604);
  const magic = MAGIC_TO[to];
  if (magic) return twilioError(magic);
  return E164.test(to) && to.length >= 8
    ? null
    : twilioError(21211, `Invalid 'To' Phone Number: ${masked(to)}`);
}

function senderProblem(form: Form): Answer | null {
  const service = field(form, 'MessagingServiceSid');
  const from = field(form, 'From');
  if (service && !SERVICE_SID.test(service)) return twilioError(21705);
  if (!from) return service ? null : twilioError(21603);
  const magic = MAGIC_FROM[from];
  if (magic) return twilioError(magic);
  return SENDER.test(from)
    ? null
    : twilioError(21212, `The 'From' number ${from} is not a valid phone number`);
}

function bodyProblem(form: Form): Answer | null {
  const body = field(form, 'Body');
  if (!body && !field(form, 'MediaUrl') && !field(form, 'ContentSid')) return twilioError(21602);
  return (body?.length ?? 0) > LONGEST_BODY ? twilioError(21617) : null;
}

function callbackProblem(form: Form): Answer | null {
  const url = field(form, 'StatusCallback');
  if (!url) return null;
  const isUsable =
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !new URL(url).hostname.includes('_');
  return isUsable ? null : twilioError(21609, `The 'StatusCallback' URL ${url} is not a valid URL.`);
}

function timeProblem(form: Form, nowMs: number): Answer | null {
  const validity = field(form, 'ValidityPeriod');
  if (validity && !(/^\d+$/.test(validity) && Number(validity) >= 1 && Number(validity) <= 36_000)) {
    return twilioError(21624);
  }
  const sendAt = field(form, 'SendAt');
  if (!sendAt) return null;
  if (field(form, 'ScheduleType') !== 'fixed') return twilioError(35111);
  if (!field(form, 'MessagingServiceSid')) return twilioError(35118);
  const waitMs = Date.parse(sendAt) - nowMs;
  return waitMs >= SCHEDULE_WINDOW_MS[0] && waitMs <= SCHEDULE_WINDOW_MS[1] ? null : twilioError(35114);
}

/** Twilio writes the number's end as X in this message. */
function masked(to: string): string {
  return to.length > 6 ? `${to.slice(0, -4)}XXXX` : to;
}
