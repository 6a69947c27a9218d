import { readStatus } from '#libs/services';
import type { DialectCall } from './action.ts';
import { activationIdOf } from './parameters.ts';
import type { Token } from './tokens.ts';

/** Of the reply to `status`, what the dialect tells of it. */
export interface Rental {
  activation_id: string;
  status: 'waiting' | 'received' | 'cancelled' | 'unknown';
  phone: string | null;
  otp?: string | null;
  messages?: { code: string | null; text: string | null; received_at: string }[];
  service: string;
  country: number;
  price: string;
  created_at: string;
}

/** The rental named by `id`, from the cache or its row; never from upstream. */
export async function readRental(call: DialectCall): Promise<Rental> {
  const { ctx, partner, parameters } = call;
  const id = activationIdOf(parameters);
  return parseRental(call.cachedStatus ?? (await readStatus({ ctx, input: { partner, id } })));
}

/** Our own reply to `status`, whose shape presentActivation makes. */
export function parseRental(text: string): Rental {
  return JSON.parse(text) as Rental;
}

/**
 * What getStatus answers. A rental whose answers are unusable at present waits: it passes, and no money moves. One
 * with a code stays OK after its end, until the code has been erased.
 */
export function statusOf(rental: Rental): { token: Token; value?: string } {
  if (rental.status === 'cancelled') return { token: 'STATUS_CANCEL' };
  const last = lastMessage(rental);
  if (rental.status === 'received') {
    return last ? { token: 'STATUS_OK', value: last } : { token: 'STATUS_CANCEL' };
  }
  return last ? { token: 'STATUS_WAIT_RETRY', value: last } : { token: 'STATUS_WAIT_CODE' };
}

/** The latest code; where none was made out, the text it would be in. On one line, since clients take the first. */
function lastMessage({ messages = [] }: Rental): string | null {
  const { code, text } = messages.at(-1) ?? { code: null, text: null };
  return (code ?? text)?.replace(/\s+/g, ' ').trim() || null;
}

/** `2030-01-31T09:00:00.000Z` ⇒ `2030-01-31 09:00:00`, which is UTC. */
export function wallTime(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

/** Digits only. */
export function digitsOf(phone: string): string {
  return phone.replace(/^\+/, '');
}
