import type { ErrorCode } from './generated.ts';

/**
 * Codes that no server sends: no connection or a broken one, no reply in time, a reply that is none of this API, and
 * a rental that will never have the code or the number that was waited for.
 */
export type ClientErrorCode =
  | 'connection_failed'
  | 'timeout'
  | 'invalid_reply'
  | 'activation_cancelled'
  | 'phone_unknown';

export interface ErrorFacts {
  code: ErrorCode | ClientErrorCode;
  message: string;
  status?: number | null;
  retryable?: boolean;
  requestId?: string | null;
  docUrl?: string | null;
  param?: string | null;
  retryAfterSeconds?: number | null;
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** Why a call failed. */
export class SmsxError extends Error {
  override readonly name = 'SmsxError';
  /** What to branch on. A newer server may send one that is not listed here. */
  readonly code: ErrorCode | ClientErrorCode;
  /** Of the HTTP reply; null without one. */
  readonly status: number | null;
  /** The same call, with the same idempotency key, may succeed after a while. This client has tried that already. */
  readonly retryable: boolean;
  /** For the operator, who finds the request by it. */
  readonly requestId: string | null;
  /** Where the code is explained. */
  readonly docUrl: string | null;
  /** The field, parameter or header at fault. */
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;
  /** The whole reply: `required` and `available` of insufficient_funds, `otp` of code_already_received, … */
  readonly details: Record<string, unknown>;
  /** How often the request was sent. */
  attempts = 1;
  /** Of a POST: repeat the call with it, and nothing is done twice. */
  idempotencyKey: string | null = null;

  constructor(facts: ErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status ?? null;
    this.retryable = facts.retryable ?? false;
    this.requestId = facts.requestId ?? null;
    this.docUrl = facts.docUrl ?? null;
    this.param = facts.param ?? null;
    this.retryAfterSeconds = facts.retryAfterSeconds ?? null;
    this.details = facts.details ?? {};
  }
}
