import { type Answer, text } from '../../core/reply.ts';
import { spendableMicros } from '../../core/state.ts';
import { plainDollars } from '../money-words.ts';
import type { ActionInput } from './action.ts';

/** Reserved money is left out. */
export function getBalance({ ctx }: ActionInput): Answer {
  return text(`ACCESS_BALANCE:${plainDollars(spendableMicros(ctx.state))}`);
}
