import type { WebhookEvent } from './models.ts';

const USUAL_TOLERANCE_SECONDS = 300;

export interface VerifyOptions {
  /** `whsec_…`; several while one takes the place of another. */
  secret: string | readonly string[];
  /** How far the time of sending may be from now, default 300: what is older may be a replay. */
  toleranceSeconds?: number | undefined;
  /** In place of the clock. */
  now?: Date | undefined;
}

export type WebhookVerificationFault =
  | 'header_missing'
  | 'timestamp_invalid'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'signature_wrong'
  | 'body_invalid';

/** Answer 400: what arrived is not from your gateway, or was changed or delayed on its way. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly fault: WebhookVerificationFault;

  constructor(fault: WebhookVerificationFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

type HeaderSource = Headers | Record<string, string | string[] | undefined>;

/**
 * The event in a webhook request, once its signature proves where it comes from. `body` must be the bytes as they came,
 * not JSON that was parsed and written again. An event may come twice: keep its id. Throws WebhookVerificationError, and
 * TypeError for a secret that is none. Source: https://www.standardwebhooks.com
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: HeaderSource,
  { secret, toleranceSeconds = USUAL_TOLERANCE_SECONDS, now = new Date() }: VerifyOptions,
): Promise<WebhookEvent> {
  const secrets = [secret].flat().map(readSecret);
  if (secrets.length === 0) throw new TypeError('verifyWebhook needs a secret');
  const id = required(headers, 'webhook-id');
  const timestamp = required(headers, 'webhook-timestamp');
  const signatures = readSignatures(required(headers, 'webhook-signature'));
  checkTime(timestamp, toleranceSeconds, now);
  const content = concat(encode(`${id}.${timestamp}.`), typeof body === 'string' ? encode(body) : body);
  if (!(await isSigned(content, secrets, signatures))) {
    throw new WebhookVerificationError(
      'signature_wrong',
      'No signature is one of this secret and this body.',
    );
  }
  return parseEvent(body);
}

async function isSigned(content: Bytes, secrets: Bytes[], signatures: Bytes[]): Promise<boolean> {
  for (const secret of secrets) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['verify']);
    for (const signature of signatures) {
      // Takes as long for a wrong signature as for a right one.
      if (await crypto.subtle.verify('HMAC', key, signature, content)) return true;
    }
  }
  return false;
}

function checkTime(timestamp: string, toleranceSeconds: number, now: Date): void {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError('timestamp_invalid', 'webhook-timestamp is no number of seconds.');
  }
  const ageSeconds = now.getTime() / 1_000 - Number(timestamp);
  if (ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError('timestamp_too_old', 'It was sent too long ago.');
  }
  if (ageSeconds < -toleranceSeconds) {
    throw new WebhookVerificationError('timestamp_too_new', 'It was sent in the future: check the clock.');
  }
}

/** Those of version 1; others may stand beside them. */
function readSignatures(header: string): Bytes[] {
  return header
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .flatMap((part) => decodeBase64(part.slice('v1,'.length)) ?? []);
}

function readSecret(secret: string): Bytes {
  const bytes = decodeBase64(secret.replace(/^whsec_/, ''));
  if (!bytes || bytes.length === 0) throw new TypeError('secret must be the whsec_… of the endpoint');
  return bytes;
}

function required(headers: HeaderSource, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : textOf(headers, name);
  if (!value) throw new WebhookVerificationError('header_missing', `The header ${name} is missing.`);
  return value;
}

function textOf(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return Array.isArray(value) ? value.join(' ') : value;
}

function parseEvent(body: string | Uint8Array): WebhookEvent {
  try {
    return asEvent(JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)));
  } catch {
    throw new WebhookVerificationError('body_invalid', 'The body is no JSON.');
  }
}

/** What bears a right signature is what the gateway wrote. */
function asEvent(value: unknown): WebhookEvent {
  return value as WebhookEvent;
}

type Bytes = Uint8Array<ArrayBuffer>;

function encode(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text));
}

function concat(first: Uint8Array, second: Uint8Array): Bytes {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function decodeBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
