import type { Action } from '../actions/action.ts';
import { byName, type Endpoint } from '../actions/endpoint.ts';
import { cancelActivation } from './cancel-activation.ts';
import { cancelMessage } from './cancel-message.ts';
import { createActivation } from './create-activation.ts';
import { createQuote } from './create-quote.ts';
import { createWebhook } from './create-webhook.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { enableWebhook } from './enable-webhook.ts';
import { finishActivation } from './finish-activation.ts';
import { getActivation } from './get-activation.ts';
import { getActivationStatuses } from './get-activation-statuses.ts';
import { getMessage } from './get-message.ts';
import { getUsage } from './get-usage.ts';
import { getWallet } from './get-wallet.ts';
import { getWebhook } from './get-webhook.ts';
import { listActivations } from './list-activations.ts';
import { listCountries } from './list-countries.ts';
import { listEvents } from './list-events.ts';
import { listKeys } from './list-keys.ts';
import { listMessages } from './list-messages.ts';
import { listPrices } from './list-prices.ts';
import { listServices } from './list-services.ts';
import { listWalletEntries } from './list-wallet-entries.ts';
import { listWebhookDeliveries } from './list-webhook-deliveries.ts';
import { listWebhooks } from './list-webhooks.ts';
import { replayWebhook } from './replay-webhook.ts';
import { replayWebhookDelivery } from './replay-webhook-delivery.ts';
import { resendActivation } from './resend-activation.ts';
import { rotateKey } from './rotate-key.ts';
import { rotateWebhookSecret } from './rotate-webhook-secret.ts';
import { sendMessage } from './send-message.ts';
import { streamEvents } from './stream-events.ts';
import { testWebhook } from './test-webhook.ts';

/** The paths of /v1, each with one operation per method, in the order the documentation shows them. */
export const V1_ENDPOINTS: readonly Endpoint[] = [
  at('/v1/messages', sendMessage, listMessages),
  at('/v1/messages/:id', getMessage),
  at('/v1/messages/:id/cancel', cancelMessage),
  at('/v1/quotes', createQuote),
  at('/v1/activations', createActivation, listActivations),
  at('/v1/activations/statuses', getActivationStatuses),
  at('/v1/activations/:id', getActivation),
  at('/v1/activations/:id/cancel', cancelActivation),
  at('/v1/activations/:id/resend', resendActivation),
  at('/v1/activations/:id/finish', finishActivation),
  at('/v1/countries', listCountries),
  at('/v1/services', listServices),
  at('/v1/prices', listPrices),
  at('/v1/wallet', getWallet),
  at('/v1/wallet/entries', listWalletEntries),
  at('/v1/usage', getUsage),
  at('/v1/keys', listKeys),
  at('/v1/keys/:id/rotate', rotateKey),
  at('/v1/events', listEvents),
  at('/v1/events/stream', streamEvents),
  at('/v1/webhooks', listWebhooks, createWebhook),
  at('/v1/webhooks/:id', getWebhook, deleteWebhook),
  at('/v1/webhooks/:id/rotate', rotateWebhookSecret),
  at('/v1/webhooks/:id/test', testWebhook),
  at('/v1/webhooks/:id/enable', enableWebhook),
  at('/v1/webhooks/:id/replay', replayWebhook),
  at('/v1/webhooks/:id/deliveries', listWebhookDeliveries),
  at('/v1/webhook-deliveries/:id/replay', replayWebhookDelivery),
];

function at(path: string, ...operations: Action[]): Endpoint {
  return { path, actions: byName(...operations), chosenByQuery: false, cors: false };
}
