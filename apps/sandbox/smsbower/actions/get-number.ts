import { type Answer, text } from '../../core/reply.ts';
import { buyNumber } from '../buy.ts';
import type { ActionInput } from './action.ts';

export async function getNumber({ ctx, query, call }: ActionInput): Promise<Answer> {
  const bought = await buyNumber(ctx, query, call);
  return text(
    'refused' in bought ? bought.refused : `ACCESS_NUMBER:${bought.shownId}:${bought.rental.phone}`,
  );
}
