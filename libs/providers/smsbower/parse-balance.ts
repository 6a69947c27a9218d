import { type Micros, parseMicros } from '#libs/domain';
import type { Reply } from './reply.ts';

/** getBalance: `ACCESS_BALANCE:18.739`, any number of decimals. */
export function parseBalance(reply: Reply): Micros | null {
  return reply.kind === 'token' && reply.name === 'ACCESS_BALANCE' ? parseMicros(reply.argument, 'up') : null;
}
