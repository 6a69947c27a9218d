/**
 * The life of an outbound message.
 *
 *   ready ──claim──▶ calling ──accepted──▶ sent ──callback──▶ delivered │ undelivered │ failed
 *     ▲                │  └───rejected──▶ failed
 *     │                └──unknown──▶ unknown ──found──▶ sent
 *     └── not sent, or proven absent: next epoch ┘  └── not provable ──▶ failed
 */
export type MessageState =
  | 'ready'
  | 'calling'
  | 'unknown'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled';

export type PublicMessageStatus =
  | 'queued'
  | 'sending'
  | 'unknown'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled';

export const MESSAGE_EDGES: Record<MessageState, readonly MessageState[]> = {
  // `ready` to `sent` and beyond: a late callback proves that an earlier epoch was sent after all.
  ready: ['calling', 'failed', 'canceled', 'sent', 'delivered', 'undelivered'],
  calling: ['ready', 'unknown', 'sent', 'failed', 'delivered', 'undelivered'],
  unknown: ['ready', 'sent', 'failed', 'delivered', 'undelivered'],
  sent: ['delivered', 'undelivered', 'failed', 'canceled', 'unknown'],
  delivered: [],
  undelivered: [],
  failed: [],
  canceled: [],
};

export function publicMessageStatus(state: MessageState): PublicMessageStatus {
  if (state === 'ready') return 'queued';
  return state === 'calling' ? 'sending' : state;
}

export function isFinalMessageState(state: MessageState): boolean {
  return MESSAGE_EDGES[state].length === 0;
}

/**
 * The state a provider's status word stands for. Callbacks come in any order, so a word only ever moves a
 * message forward: `queued` after `delivered` changes nothing.
 */
export function messageStateOfProviderStatus(status: string): MessageState | null {
  switch (status) {
    case 'accepted':
    case 'scheduled':
    case 'queued':
    case 'sending':
    case 'sent':
      return 'sent';
    case 'delivered':
    case 'read':
      return 'delivered';
    case 'undelivered':
    case 'failed':
    case 'canceled':
      return status;
    default:
      return null;
  }
}

/** Order in which provider words may follow each other (Twilio: accepted < queued < sending < sent < final). */
export function providerStatusRank(status: string): number {
  const order: Record<string, number> = {
    scheduled: 0,
    accepted: 1,
    queued: 2,
    sending: 3,
    sent: 4,
    delivered: 9,
    undelivered: 9,
    failed: 9,
    canceled: 9,
    read: 10,
  };
  return order[status] ?? -1;
}
