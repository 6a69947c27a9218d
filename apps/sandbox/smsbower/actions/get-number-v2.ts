import { type Answer, json, text } from '../../core/reply.ts';
import type { SandboxRental } from '../../core/state.ts';
import { buyNumber } from '../buy.ts';
import { dollarNumber, plainDollars } from '../money-words.ts';
import { wallTime } from '../wall-time.ts';
import type { ActionInput } from './action.ts';

export async function getNumberV2({ ctx, query, call }: ActionInput): Promise<Answer> {
  const bought = await buyNumber(ctx, query, call);
  if ('refused' in bought) return text(bought.refused);
  const { rental, shownId } = bought;
  if (ctx.faults.take('v2-text', call)) return text(`ACCESS_NUMBER:${shownId}:${rental.phone}`);
  const exchanged = ctx.faults.take('v2-other-types', call);
  return json(exchanged ? otherTypes(rental, shownId) : usualTypes(rental, shownId));
}

function usualTypes(rental: SandboxRental, shownId: string): Record<string, unknown> {
  return {
    activationId: Number(shownId),
    phoneNumber: rental.phone,
    activationCost: plainDollars(rental.costMicros),
    countryCode: String(rental.country),
    canGetAnotherSms: 1,
    activationTime: wallTime(rental.boughtAtMs),
    activationOperator: rental.operator,
  };
}

function otherTypes(rental: SandboxRental, shownId: string): Record<string, unknown> {
  return {
    activationId: shownId,
    phoneNumber: Number(rental.phone),
    activationCost: dollarNumber(rental.costMicros),
    countryCode: rental.country,
    canGetAnotherSms: true,
    activationTime: wallTime(rental.boughtAtMs),
    activationOperator: null,
  };
}
