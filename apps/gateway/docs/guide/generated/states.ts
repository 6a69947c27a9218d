import {
  ACTIVATION_EDGES,
  type ActivationState,
  MESSAGE_EDGES,
  type MessageState,
  type PublicMessageStatus,
  publicMessageStatus,
} from '#libs/domain';
import { drawStates } from './diagram.ts';
import { markdownTable } from './markdown-table.ts';

const MESSAGE_MEANING: Record<PublicMessageStatus, string> = {
  queued:
    'Accepted and kept. It waits for its turn, for `send_at`, or for the provider to be reachable again.',
  sending: 'A request to the provider is under way.',
  unknown: 'The provider’s answer was lost. It is being found out; do not send it again.',
  sent: 'The provider took it.',
  delivered: 'The provider says that it reached the handset.',
  undelivered: 'The carrier did not deliver it; `error` says why.',
  failed: 'It was not sent, or cannot be proven to have been sent; `error` says why.',
  canceled: 'It was cancelled at the provider.',
};

const RENTAL_MEANING: Record<ActivationState, { status: string; meaning: string }> = {
  pending: { status: '`waiting`, `pending: true`', meaning: 'Asked for; the price is held.' },
  buying: { status: '`waiting`, `pending: true`', meaning: 'The provider is being asked for a number.' },
  purchase_unknown: {
    status: '`waiting`, `pending: true`',
    meaning: 'The provider’s answer was lost. The hold stays until it is found out; do not rent again.',
  },
  active: { status: '`waiting`, or `unknown`', meaning: 'The number is yours and no code has come.' },
  received: {
    status: '`received`; `waiting` after a resend',
    meaning: 'A code came and is paid. More may be asked for until the rental ends.',
  },
  finished: { status: '`received`', meaning: 'Ended with a code.' },
  cancelled: { status: '`cancelled`', meaning: 'Ended without a code in time; the hold is released.' },
  refused: { status: '`cancelled`', meaning: 'No number was bought; the hold is released.' },
  released: {
    status: '`cancelled`, reason `unknown_outcome`',
    meaning: 'It could not be found out whether a number was bought; the hold is released.',
  },
};

const MESSAGE_STEPS = publicSteps();

export const MESSAGE_DIAGRAM = drawStates({
  id: 'message-diagram',
  title: 'The states of a message and the steps between them; the table below says the same.',
  states: Object.keys(MESSAGE_MEANING),
  edges: MESSAGE_STEPS,
});

export const RENTAL_DIAGRAM = drawStates({
  id: 'rental-diagram',
  title: 'The states of a rental and the steps between them; the table below says the same.',
  states: Object.keys(RENTAL_MEANING),
  edges: ACTIVATION_EDGES,
});

export function messageStates(): string {
  const rows = Object.entries(MESSAGE_MEANING).map(([status, meaning]) => [
    `\`${status}\``,
    meaning,
    nextWords(MESSAGE_STEPS[status as PublicMessageStatus]),
  ]);
  return markdownTable('The states of a message', ['status', 'Meaning', 'Can become'], rows);
}

export function rentalStates(): string {
  const rows = Object.entries(RENTAL_MEANING).map(([state, { status, meaning }]) => [
    `\`${state}\``,
    status,
    meaning,
    nextWords(ACTIVATION_EDGES[state as ActivationState]),
  ]);
  return markdownTable('The states of a rental', ['State', '`status` says', 'Meaning', 'Can become'], rows);
}

/** The edges under the names that partners see. */
function publicSteps(): Record<PublicMessageStatus, PublicMessageStatus[]> {
  const entries = Object.entries(MESSAGE_EDGES) as [MessageState, readonly MessageState[]][];
  return Object.fromEntries(
    entries.map(([from, to]) => [publicMessageStatus(from), to.map(publicMessageStatus)]),
  ) as Record<PublicMessageStatus, PublicMessageStatus[]>;
}

function nextWords(states: readonly string[]): string {
  return states.length === 0 ? 'nothing: it is final' : states.map((state) => `\`${state}\``).join(', ');
}
