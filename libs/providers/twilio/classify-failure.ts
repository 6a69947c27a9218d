import { type Outcome, smsError } from '#libs/domain';
import type { HttpResponse, HttpResult } from '#libs/platform';
import { asObject, parseJson } from '../json.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { SafeText } from '../safe-text.ts';
import { type Verdict, verdictOfCode } from './error-codes.ts';

/**
 * What a send that did not end in a message comes to. Only a coded 4xx is a refusal: Twilio then creates nothing.
 * A 5xx, a redirect or an HTML page may hide an accepted message; 503 is not promised to be unprocessed either.
 */
export function classifyFailure(result: HttpResult, safe: SafeText): Outcome<never> {
  if (result.kind === 'not_sent') {
    return { kind: 'not_sent', detail: result.detail, throttled: false, retryAfterMs: null };
  }
  if (result.kind === 'unknown') return { kind: 'unknown', detail: result.detail };
  const { status } = result;
  if (status < 400 || status >= 500 || status === 408) return { kind: 'unknown', detail: `http_${status}` };
  return classifyClientError(result, readProblem(result.body), safe);
}

interface Problem {
  code: string | null;
  message: string;
}

function classifyClientError(
  response: HttpResponse,
  problem: Problem | null,
  safe: SafeText,
): Outcome<never> {
  const { status } = response;
  const verdict = problem?.code ? verdictOfCode(problem.code) : null;
  if (verdict?.kind === 'unknown') return { kind: 'unknown', detail: `code_${problem?.code}` };
  // A daily cap of the account comes as 429 too: the code decides before the status does.
  if (verdict?.kind === 'throttled' || (status === 429 && !verdict))
    return throttled(response, verdict, problem);
  if (problem?.code) return rejected(problem.code, verdict, safe(problem.message));
  if (!problem || (status !== 401 && status !== 403)) return { kind: 'unknown', detail: `http_${status}` };
  const message = safe(problem.message) || 'The SMS provider refuses the credentials of this server.';
  return { kind: 'rejected', scope: 'account', reason: 'credentials', code: null, message };
}

function throttled(response: HttpResponse, verdict: Verdict | null, problem: Problem | null): Outcome<never> {
  const wait =
    retryAfterMs(response.headers) ?? (verdict?.kind === 'throttled' ? verdict.retryAfterMs : null);
  return { kind: 'not_sent', detail: `code_${problem?.code ?? 'none'}`, throttled: true, retryAfterMs: wait };
}

function rejected(code: string, verdict: Verdict | null, words: string): Outcome<never> {
  const known =
    verdict?.kind === 'rejected' ? verdict : { scope: 'request' as const, reason: 'other' as const };
  const message = words || smsError(code)?.description || `Refused with code ${code}.`;
  return { kind: 'rejected', scope: known.scope, reason: known.reason, code, message };
}

/** Both of Twilio's error bodies: `{code, message}` and RFC 9457 `{code, title, detail}`. */
function readProblem(body: string): Problem | null {
  const value = asObject(parseJson(body));
  if (!value) return null;
  const code = /^\d{4,6}$/.test(String(value.code)) ? String(value.code) : null;
  const words = [value.message, value.detail, value.title].find((text) => typeof text === 'string');
  return { code, message: typeof words === 'string' ? words : '' };
}
