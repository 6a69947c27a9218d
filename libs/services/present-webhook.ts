import { eventName } from '#libs/domain';
import type { LoggedDelivery, WebhookEndpoint } from '#libs/store';

/** A webhook endpoint as its owner sees it. The secret is shown once, by whoever made it. */
export function presentWebhook(endpoint: WebhookEndpoint): Record<string, unknown> {
  return {
    id: endpoint.id,
    url: endpoint.url,
    event_types: endpoint.eventTypes,
    description: endpoint.description,
    status: endpoint.disabledAt ? 'disabled' : 'enabled',
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    disabled_reason: endpoint.disabledReason,
    failing_since: endpoint.failingSince?.toISOString() ?? null,
    previous_secret_until: endpoint.previousUntil?.toISOString() ?? null,
    created_at: endpoint.createdAt.toISOString(),
  };
}

/** What a delivery's `state` is called towards partners. */
const STATUS_OF = { ready: 'pending', calling: 'pending', delivered: 'delivered', failed: 'failed' } as const;

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const statesOf = (status: DeliveryStatus): string[] =>
  Object.entries(STATUS_OF).flatMap(([state, name]) => (name === status ? [state] : []));

/** One event's way to one endpoint, with every attempt: when, what came of it, how long it took. */
export function presentDelivery(delivery: LoggedDelivery): Record<string, unknown> {
  return {
    id: delivery.id,
    webhook: delivery.endpointId,
    event: delivery.eventId === null ? delivery.id : eventName(delivery.eventId),
    type: delivery.eventType,
    status: STATUS_OF[delivery.state],
    error: delivery.state === 'failed' ? delivery.lastError : null,
    attempts: delivery.attempts.map(({ at, status, error, ms }) => ({
      at: new Date(at).toISOString(),
      status,
      error,
      ms,
    })),
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
    finished_at: delivery.finishedAt?.toISOString() ?? null,
  };
}
