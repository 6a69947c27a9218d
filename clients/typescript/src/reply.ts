import { readRetryAfter } from './backoff.ts';
import { SmsxError } from './error.ts';
import type { ErrorCode } from './generated.ts';

/** Passing troubles of whatever stands between, which speaks no problem details. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** The body of a success. Throws SmsxError for everything else that is a reply. */
export async function readReply(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const body = parseObject(text);
  if (response.ok && body?.ok === true) return body;
  throw body && typeof body.code === 'string' ? refusal(response, body, body.code) : noReply(response);
}

/** A page as text, and the cursor of the next one. */
export interface TextPage {
  text: string;
  nextCursor: string | null;
}

/** Throws SmsxError for what is not a success of this kind. */
export async function requireType(response: Response, mediaType: string): Promise<void> {
  if (response.ok && response.headers.get('content-type')?.startsWith(mediaType)) return;
  await readReply(response);
  throw noReply(response);
}

export async function readText(response: Response, mediaType: string): Promise<TextPage> {
  await requireType(response, mediaType);
  return { text: await response.text(), nextCursor: nextCursorOf(response.headers.get('link')) };
}

/** What went wrong without a reply. */
export function connectionError(cause: unknown): SmsxError {
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  return new SmsxError({
    code: timedOut ? 'timeout' : 'connection_failed',
    message: timedOut
      ? 'The server did not answer in time.'
      : `The server cannot be reached: ${reasonOf(cause)}`,
    retryable: true,
    cause,
  });
}

function refusal(response: Response, body: Record<string, unknown>, code: string): SmsxError {
  return new SmsxError({
    code: asErrorCode(code),
    message: textOf(body.detail) ?? textOf(body.title) ?? code,
    status: response.status,
    retryable: body.retryable === true,
    requestId: textOf(body.request_id) ?? response.headers.get('x-request-id'),
    docUrl: textOf(body.doc_url),
    param: textOf(body.param),
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after')),
    details: body,
  });
}

function noReply(response: Response): SmsxError {
  const { status } = response;
  return new SmsxError({
    code: 'invalid_reply',
    message: `What answered with status ${status} is not this API. Check baseUrl, and what stands between.`,
    status,
    // A success of something else may be the remains of one of ours.
    retryable: PASSING.has(status) || response.ok,
    requestId: response.headers.get('x-request-id'),
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after')),
  });
}

/** Of a Link header, `<…?cursor=…>; rel="next"`. */
function nextCursorOf(link: string | null): string | null {
  const [, address] = /<([^>]*)>;\s*rel="?next"?/.exec(link ?? '') ?? [];
  return address === undefined ? null : new URL(address, 'http://localhost').searchParams.get('cursor');
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? asRecord(value) : null;
  } catch {
    return null;
  }
}

/** Every object is one. */
function asRecord(value: object): Record<string, unknown> {
  return value as Record<string, unknown>;
}

/** A newer server may send a code that is not listed; callers have a default branch. */
function asErrorCode(code: string): ErrorCode {
  return code as ErrorCode;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** fetch says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
