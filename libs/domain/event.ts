/** Everything that a partner can be told, by webhook or in the feed. */
export const EVENT_TYPES = [
  'message.sent',
  'message.delivered',
  'message.undelivered',
  'message.failed',
  'message.canceled',
  'activation.active',
  'activation.code_received',
  'activation.late_code',
  'activation.cancelled',
  'activation.finished',
  'webhook.disabled',
  'webhook.test',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** The id of an event towards partners: the same in the feed, and as `webhook-id` at every endpoint. */
export const eventName = (id: bigint): string => `evt_${id}`;

/** The number in an event's id, or null when it is none. */
export function eventNumber(name: string): bigint | null {
  const [, digits] = /^evt_([0-9]{1,18})$/.exec(name) ?? [];
  return digits === undefined ? null : BigInt(digits);
}
