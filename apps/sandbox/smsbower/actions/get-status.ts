import { type Answer, text } from '../../core/reply.ts';
import type { SandboxRental } from '../../core/state.ts';
import type { ActionInput } from './action.ts';

export function getStatus({ ctx, call }: ActionInput): Answer {
  const rental = ctx.state.rentals.get(call.activationId ?? '');
  if (!rental) return text('NO_ACTIVATION');
  switch (rental.state) {
    case 'waiting':
    case 'ready':
      return text('STATUS_WAIT_CODE');
    case 'retry':
      return text(
        ctx.faults.take('wait-resend', call) ? 'STATUS_WAIT_RESEND' : `STATUS_WAIT_RETRY:${lastCode(rental)}`,
      );
    case 'received':
      return text(
        ctx.faults.take('quoted-code', call) ? `STATUS_OK: '${lastCode(rental)}'` : statusOk(rental),
      );
    case 'finished':
      return text(
        ctx.settings.statusAfterFinish === 'STATUS_OK' ? statusOk(rental) : ctx.settings.statusAfterFinish,
      );
    case 'cancelled':
      return text('STATUS_CANCEL');
  }
}

function statusOk(rental: SandboxRental): string {
  return `STATUS_OK:${lastCode(rental)}`;
}

/** Only the latest is ever visible; without a code in it, the text stands in. */
function lastCode(rental: SandboxRental): string {
  const last = rental.messages.at(-1);
  return last?.code ?? last?.text ?? '';
}
