import { ERRORS, type ErrorBody } from '#libs/domain';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Whether errors at this address leave as problem details. */
export function speaksProblems(url: string): boolean {
  return /^\/v1(?:[/?]|$)/.test(url);
}

/** Where a code is explained. */
export function docUrlOf(baseUrl: string, code: string): string {
  return `${baseUrl}/docs/errors#${code}`;
}

/**
 * RFC 9457 problem details of an error, and everything that the plain shape has: a client that reads `ok`, `error` and
 * `message` needs no change. `title` is the same for every occurrence of a code, `detail` is about this one.
 */
export function problemOf(body: ErrorBody, baseUrl: string): Record<string, unknown> {
  const { ok, error, message, request_id: requestId, ...rest } = body;
  const definition = ERRORS[error];
  const docUrl = docUrlOf(baseUrl, error);
  return {
    type: docUrl,
    title: definition.message,
    status: definition.status,
    detail: message,
    instance: `urn:smsx:request:${requestId}`,
    code: error,
    retryable: definition.retryable,
    doc_url: docUrl,
    ok,
    error,
    message,
    request_id: requestId,
    ...rest,
  };
}
