// Made from the gateway's OpenAPI document by `npm run generate` in the repository. Do not edit.

/** Where each operation is. */
export const ROUTES = {
  'list-messages': { method: 'GET', path: '/v1/messages' },
  'send-message': { method: 'POST', path: '/v1/messages' },
  'get-message': { method: 'GET', path: '/v1/messages/{id}' },
  'cancel-message': { method: 'POST', path: '/v1/messages/{id}/cancel' },
  'create-quote': { method: 'POST', path: '/v1/quotes' },
  'list-activations': { method: 'GET', path: '/v1/activations' },
  'create-activation': { method: 'POST', path: '/v1/activations' },
  'get-activation-statuses': { method: 'GET', path: '/v1/activations/statuses' },
  'get-activation': { method: 'GET', path: '/v1/activations/{id}' },
  'cancel-activation': { method: 'POST', path: '/v1/activations/{id}/cancel' },
  'resend-activation': { method: 'POST', path: '/v1/activations/{id}/resend' },
  'finish-activation': { method: 'POST', path: '/v1/activations/{id}/finish' },
  'list-countries': { method: 'GET', path: '/v1/countries' },
  'list-services': { method: 'GET', path: '/v1/services' },
  'list-prices': { method: 'GET', path: '/v1/prices' },
  'get-wallet': { method: 'GET', path: '/v1/wallet' },
  'list-wallet-entries': { method: 'GET', path: '/v1/wallet/entries' },
  'get-usage': { method: 'GET', path: '/v1/usage' },
  'list-keys': { method: 'GET', path: '/v1/keys' },
  'rotate-key': { method: 'POST', path: '/v1/keys/{id}/rotate' },
  'list-events': { method: 'GET', path: '/v1/events' },
  'stream-events': { method: 'GET', path: '/v1/events/stream' },
  'list-webhooks': { method: 'GET', path: '/v1/webhooks' },
  'create-webhook': { method: 'POST', path: '/v1/webhooks' },
  'get-webhook': { method: 'GET', path: '/v1/webhooks/{id}' },
  'delete-webhook': { method: 'DELETE', path: '/v1/webhooks/{id}' },
  'rotate-webhook-secret': { method: 'POST', path: '/v1/webhooks/{id}/rotate' },
  'test-webhook': { method: 'POST', path: '/v1/webhooks/{id}/test' },
  'enable-webhook': { method: 'POST', path: '/v1/webhooks/{id}/enable' },
  'replay-webhook': { method: 'POST', path: '/v1/webhooks/{id}/replay' },
  'list-webhook-deliveries': { method: 'GET', path: '/v1/webhooks/{id}/deliveries' },
  'replay-webhook-delivery': { method: 'POST', path: '/v1/webhook-deliveries/{id}/replay' },
} as const;

/** What each operation takes and answers. */
export interface Operations {
  /** Your messages */
  'list-messages': {
    path: undefined;
    query: {
      /** Entries on a page, 1 to 100 (default 20). */
      limit?: number | string;
      /** The next_cursor of the page before. */
      cursor?: string;
      /** Your own reference; it comes back with the message. */
      reference?: string;
      /** The recipient in E.164 form. */
      to?: string;
      /** Only messages in this state. */
      status?: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "canceled" | "unknown";
      /** Only what was made at this time or later. */
      created_after?: string;
      /** Only what was made before this time. */
      created_before?: string;
    };
    body: undefined;
    reply: ListMessagesReply200;
  };
  /** Send a text message */
  'send-message': {
    path: undefined;
    query: undefined;
    body: SendMessageRequest;
    reply: SendMessageReply200 | SendMessageReply201;
  };
  /** What became of a message */
  'get-message': {
    path: {
      /** The id that POST /v1/messages returned. */
      id: string;
    };
    query: undefined;
    body: undefined;
    reply: GetMessageReply200;
  };
  /** Take a message back before it is sent */
  'cancel-message': {
    path: {
      /** The id that POST /v1/messages returned. */
      id: string;
    };
    query: undefined;
    body: CancelMessageRequest;
    reply: CancelMessageReply200;
  };
  /** Hold the price of a number for a moment */
  'create-quote': {
    path: undefined;
    query: undefined;
    body: CreateQuoteRequest;
    reply: CreateQuoteReply200;
  };
  /** Your rentals */
  'list-activations': {
    path: undefined;
    query: {
      /** Entries on a page, 1 to 100 (default 20). */
      limit?: number | string;
      /** The next_cursor of the page before. */
      cursor?: string;
      /** Only rentals in this state. */
      status?: "waiting" | "received" | "cancelled" | "unknown";
      /** Service code, from GET /v1/services. */
      service?: string;
      /** Country id, from GET /v1/countries; 0 is one of them. */
      country?: number | string;
      /** Your own reference; it comes back with the status. */
      client_ref?: string;
      /** Only what was made at this time or later. */
      created_after?: string;
      /** Only what was made before this time. */
      created_before?: string;
    };
    body: undefined;
    reply: ListActivationsReply200;
  };
  /** Rent a number for one service */
  'create-activation': {
    path: undefined;
    query: undefined;
    body: CreateActivationRequest;
    reply: CreateActivationReply201 | CreateActivationReply202;
  };
  /** Many rentals at once */
  'get-activation-statuses': {
    path: undefined;
    query: {
      /** 1 to 100 activation ids, separated by commas. */
      ids: string;
    };
    body: undefined;
    reply: GetActivationStatusesReply200;
  };
  /** The state of a rental, and its code */
  'get-activation': {
    path: {
      /** The activation_id that POST /v1/activations returned. */
      id: number | string;
    };
    query: {
      /** Seconds to wait for a change, 0 to 25; it is a query parameter, so digits count as a number. */
      wait?: number | string;
    };
    body: undefined;
    reply: GetActivationReply200;
  };
  /** Give a number back without a code */
  'cancel-activation': {
    path: {
      /** The activation_id that POST /v1/activations returned. */
      id: number | string;
    };
    query: undefined;
    body: CancelActivationRequest;
    reply: CancelActivationReply200 | CancelActivationReply202;
  };
  /** Wait for another code on the same number */
  'resend-activation': {
    path: {
      /** The activation_id that POST /v1/activations returned. */
      id: number | string;
    };
    query: undefined;
    body: ResendActivationRequest;
    reply: ResendActivationReply200 | ResendActivationReply202;
  };
  /** End a rental that has its code */
  'finish-activation': {
    path: {
      /** The activation_id that POST /v1/activations returned. */
      id: number | string;
    };
    query: undefined;
    body: FinishActivationRequest;
    reply: FinishActivationReply200 | FinishActivationReply202;
  };
  /** Countries that numbers can be rented in */
  'list-countries': {
    path: undefined;
    query: {
      /** Provider row; without it the operator’s default. */
      api_id?: number | string;
    };
    body: undefined;
    reply: ListCountriesReply200;
  };
  /** Services whose codes can be received */
  'list-services': {
    path: undefined;
    query: {
      /** Provider row; without it the operator’s default. */
      api_id?: number | string;
    };
    body: undefined;
    reply: ListServicesReply200;
  };
  /** Prices, stock and how well codes arrive */
  'list-prices': {
    path: undefined;
    query: {
      /** Service code, from GET /v1/services. */
      service?: string;
      /** Country id, from GET /v1/countries; 0 is one of them. */
      country?: number | string;
      /** Provider row; without it the operator’s default. */
      api_id?: number | string;
    };
    body: undefined;
    reply: ListPricesReply200;
  };
  /** Your wallet on this platform */
  'get-wallet': {
    path: undefined;
    query: undefined;
    body: undefined;
    reply: GetWalletReply200;
  };
  /** Every movement of your wallet */
  'list-wallet-entries': {
    path: undefined;
    query: {
      /** Entries on a page, 1 to 100 (default 20). */
      limit?: number | string;
      /** The next_cursor of the page before. */
      cursor?: string;
      /** json or csv; without it, what the header Accept asks for. */
      format?: "json" | "csv";
    };
    body: undefined;
    reply: ListWalletEntriesReply200;
  };
  /** Counts and money of each day */
  'get-usage': {
    path: undefined;
    query: {
      /** A day in UTC. */
      from?: string;
      /** A day in UTC. */
      to?: string;
    };
    body: undefined;
    reply: GetUsageReply200;
  };
  /** Your API keys */
  'list-keys': {
    path: undefined;
    query: undefined;
    body: undefined;
    reply: ListKeysReply200;
  };
  /** Replace this API key by a new one */
  'rotate-key': {
    path: {
      /** The id of the key that calls. */
      id: string;
    };
    query: undefined;
    body: RotateKeyRequest;
    reply: RotateKeyReply201;
  };
  /** What happened to your messages and rentals */
  'list-events': {
    path: undefined;
    query: {
      /** Where to read on: next_cursor of an earlier reply, or the id of a stream’s event. latest: behind all that has happened up to now. */
      after?: string;
      /** Only these, separated by commas: message.sent, message.delivered, message.undelivered, message.failed, message.canceled, activation.active, activation.code_received, activation.late_code, activation.cancelled, activation.finished, webhook.disabled, webhook.test. */
      types?: string;
      /** Entries on a page, 1 to 100 (default 20). */
      limit?: number | string;
    };
    body: undefined;
    reply: ListEventsReply200;
  };
  /** The same as they happen, as Server-Sent Events */
  'stream-events': {
    path: undefined;
    query: {
      /** Where to read on: next_cursor of an earlier reply, or the id of a stream’s event. latest: behind all that has happened up to now. */
      after?: string;
      /** Only these, separated by commas: message.sent, message.delivered, message.undelivered, message.failed, message.canceled, activation.active, activation.code_received, activation.late_code, activation.cancelled, activation.finished, webhook.disabled, webhook.test. */
      types?: string;
    };
    body: undefined;
    reply: string;
  };
  /** Your webhook endpoints */
  'list-webhooks': {
    path: undefined;
    query: undefined;
    body: undefined;
    reply: ListWebhooksReply200;
  };
  /** Have events told to an endpoint of yours */
  'create-webhook': {
    path: undefined;
    query: undefined;
    body: CreateWebhookRequest;
    reply: CreateWebhookReply201;
  };
  /** One webhook endpoint */
  'get-webhook': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: undefined;
    body: undefined;
    reply: GetWebhookReply200;
  };
  /** Tell an endpoint nothing more */
  'delete-webhook': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: undefined;
    body: undefined;
    reply: DeleteWebhookReply200;
  };
  /** Give an endpoint a new secret */
  'rotate-webhook-secret': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: undefined;
    body: RotateWebhookSecretRequest;
    reply: RotateWebhookSecretReply200;
  };
  /** Send an endpoint the event webhook.test */
  'test-webhook': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: undefined;
    body: TestWebhookRequest;
    reply: TestWebhookReply202;
  };
  /** Have a disabled endpoint told again */
  'enable-webhook': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: undefined;
    body: EnableWebhookRequest;
    reply: EnableWebhookReply200;
  };
  /** Tell an endpoint again what was given up */
  'replay-webhook': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: undefined;
    body: ReplayWebhookRequest;
    reply: ReplayWebhookReply202;
  };
  /** What was told to an endpoint, and what it answered */
  'list-webhook-deliveries': {
    path: {
      /** The id of the endpoint. */
      id: string;
    };
    query: {
      /** Entries on a page, 1 to 100 (default 20). */
      limit?: number | string;
      /** The next_cursor of the page before. */
      cursor?: string;
      /** Only deliveries of that status. */
      status?: "pending" | "delivered" | "failed";
    };
    body: undefined;
    reply: ListWebhookDeliveriesReply200;
  };
  /** Tell one event again */
  'replay-webhook-delivery': {
    path: {
      /** The id of the delivery. */
      id: string;
    };
    query: undefined;
    body: ReplayWebhookDeliveryRequest;
    reply: ReplayWebhookDeliveryReply202;
  };
}

/** Every code an error of the API may have. */
export type ErrorCode =
  | "invalid_json"
  | "invalid_to"
  | "invalid_message"
  | "invalid_reference"
  | "invalid_callback_url"
  | "invalid_validity_seconds"
  | "invalid_send_at"
  | "invalid_action"
  | "invalid_service"
  | "invalid_country"
  | "invalid_id"
  | "invalid_ids"
  | "invalid_api_id"
  | "invalid_max_price"
  | "invalid_client_ref"
  | "invalid_status"
  | "invalid_created_after"
  | "invalid_created_before"
  | "invalid_period"
  | "invalid_dry_run"
  | "invalid_quote_id"
  | "invalid_overlap_hours"
  | "invalid_limit"
  | "invalid_url"
  | "invalid_event_types"
  | "invalid_description"
  | "invalid_overlap_seconds"
  | "invalid_since"
  | "invalid_types"
  | "invalid_after"
  | "cursor_expired"
  | "invalid_last_event_id"
  | "invalid_wait"
  | "invalid_format"
  | "invalid_cursor"
  | "invalid_idempotency_key"
  | "invalid_prefer"
  | "invalid_request"
  | "unauthorized"
  | "insufficient_funds"
  | "insufficient_scope"
  | "key_not_yours"
  | "forbidden"
  | "activation_not_found"
  | "webhook_not_found"
  | "webhook_delivery_not_found"
  | "message_not_found"
  | "key_not_found"
  | "api_not_found"
  | "not_found"
  | "method_not_allowed"
  | "out_of_stock"
  | "price_changed"
  | "quote_expired"
  | "message_not_cancelable"
  | "key_already_replaced"
  | "code_already_received"
  | "code_not_received"
  | "too_many_webhooks"
  | "webhook_disabled"
  | "webhook_delivery_pending"
  | "already_cancelled"
  | "already_finished"
  | "idempotency_in_flight"
  | "payload_too_large"
  | "idempotency_mismatch"
  | "rate_limited"
  | "too_many_streams"
  | "internal_error"
  | "outbound_sms_not_configured"
  | "provider_error"
  | "no_api_keys_configured"
  | "partner_user_not_configured"
  | "virtual_numbers_not_configured"
  | "provider_unavailable"
  | "overloaded";

/** One page of them. */
export type ListMessagesReply200 = {
  ok: true;
  data: Array<{
    id: string;
    status: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "canceled" | "unknown";
    /** Why it failed, as a word. */
    error: string | null;
    /** The provider’s own code. */
    error_code: string | null;
    /** Why it failed, as a sentence. */
    error_message: string | null;
    to: string;
    segments: number;
    encoding: string;
    /** Yours. */
    reference: string | null;
    /** How often it was tried, this time included. */
    attempts: number;
    /** When it will be sent, while that is ahead. */
    send_at: string | null;
    /** Given up after this when it could not be sent. */
    valid_until: string;
    /** When it was accepted. */
    created_at: string;
    /** When its state last changed. */
    updated_at: string;
  }>;
  /** Send it as cursor for the next page; null on the last one. */
  next_cursor: string | null;
};

/** Send a text message */
export type SendMessageRequest = {
  /** The recipient in E.164 form. */
  to: string;
  /** The text: 1 to 1600 UTF-16 units, without NUL and lone surrogates. */
  message: string;
  /** Your own reference; it comes back with the message. */
  reference?: string;
  /** A public https URL of yours (port 443, or 1024 and above). Each change is posted to it as JSON {type, id, created_at, data}, where data is what GET /v1/messages/{id} (without events) or status tells at that moment. Types: message.sent, message.delivered, message.undelivered, message.failed, message.canceled; activation.active, activation.code_received (each code), activation.late_code, activation.cancelled, activation.finished. Signed as in Standard Webhooks with the whsec_ secret that the operator gives you. Told at least once and in any order, so go by id and data; repeated for 24 hours until a 2xx, a 410 ends it. Redirects are not followed. */
  callback_url?: string;
  /** Seconds after which an unsent message is given up (default 14400). */
  validity_seconds?: number;
  /** When to send, RFC 3339 with zone, at most 35 days ahead; a time in the past means now. */
  send_at?: string;
  /** Tells segments and encoding, and sends nothing. */
  dry_run?: boolean;
};

/** With dry_run: what the text would take. */
export type SendMessageReply200 = {
  ok: true;
  dry_run: true;
  /** SMS segments the text needs. */
  segments: number;
  encoding: "gsm7" | "ucs2";
};

/** Accepted. Location says where to ask what became of it. */
export type SendMessageReply201 = {
  ok: true;
  id: string;
  /** queued, or with Prefer: wait the state reached. */
  status: string;
  /** SMS segments the text needs. */
  segments: number;
  encoding: "gsm7" | "ucs2";
};

/** The message. */
export type GetMessageReply200 = {
  ok: true;
  id: string;
  status: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "canceled" | "unknown";
  /** Why it failed, as a word. */
  error: string | null;
  /** The provider’s own code. */
  error_code: string | null;
  /** Why it failed, as a sentence. */
  error_message: string | null;
  to: string;
  segments: number;
  encoding: string;
  /** Yours. */
  reference: string | null;
  /** How often it was tried, this time included. */
  attempts: number;
  /** When it will be sent, while that is ahead. */
  send_at: string | null;
  /** Given up after this when it could not be sent. */
  valid_until: string;
  /** When it was accepted. */
  created_at: string;
  /** When its state last changed. */
  updated_at: string;
  /** The states it went through, oldest first; of several attempts the last one. */
  timeline: Array<{
    /** When it became so, or was heard of. */
    at: string;
    status: string;
    /** With sending: which attempt. */
    attempt?: number;
    /** The provider’s own word. */
    provider_status?: string;
    /** The provider’s own code. */
    error_code?: string | null;
    /** Why it ended, as a word. */
    error?: string | null;
  }>;
};

/** Take a message back before it is sent */
export type CancelMessageRequest = Record<string, unknown>;

/** It will not be sent. */
export type CancelMessageReply200 = {
  ok: true;
  id: string;
  status: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "canceled" | "unknown";
  /** Why it failed, as a word. */
  error: string | null;
  /** The provider’s own code. */
  error_code: string | null;
  /** Why it failed, as a sentence. */
  error_message: string | null;
  to: string;
  segments: number;
  encoding: string;
  /** Yours. */
  reference: string | null;
  /** How often it was tried, this time included. */
  attempts: number;
  /** When it will be sent, while that is ahead. */
  send_at: string | null;
  /** Given up after this when it could not be sent. */
  valid_until: string;
  /** When it was accepted. */
  created_at: string;
  /** When its state last changed. */
  updated_at: string;
};

/** Hold the price of a number for a moment */
export type CreateQuoteRequest = {
  /** Service code, from GET /v1/services. */
  service: string;
  /** Country id, from GET /v1/countries; 0 is one of them. */
  country: number | string;
  /** Provider row; without it the operator’s default. */
  api_id?: number | string;
};

/** The quote. */
export type CreateQuoteReply200 = {
  ok: true;
  /** Send it as quote_id. */
  id: string;
  service: string;
  country: number;
  /** The provider row it came from. */
  api_id: number;
  /** The most you will pay. US dollars. */
  price: string;
  /** Numbers there are at that price. */
  stock: number;
  valid_seconds: number;
  /** When the promise ends. */
  expires_at: string;
};

/** One page of them. */
export type ListActivationsReply200 = {
  ok: true;
  data: Array<{
    ok: true;
    /** Decimal digits. */
    activation_id: string;
    /** unknown: the provider’s answers are unusable at present; it passes, and no money moves. */
    status: "waiting" | "received" | "cancelled" | "unknown";
    /** The rented number, E.164; null while it is being bought. */
    phone: string | null;
    /** The number is still being bought. */
    pending?: true;
    /** The latest code. */
    otp?: string | null;
    /** Every code so far, oldest first. */
    messages?: Array<{
      code: string | null;
      text: string | null;
      /** When the code was heard of. */
      received_at: string;
    }>;
    /** Why it was cancelled: requested, expired, … */
    reason?: string | null;
    /** With unknown: the provider’s last words. */
    raw?: string;
    cancel_requested?: true;
    service: string;
    country: number;
    /** What the code costs. US dollars. */
    price: string;
    /** Where the price is: set aside, paid, or given back. */
    settlement: "held" | "captured" | "released";
    /** The provider row it came from. */
    api_id: number;
    client_ref: string | null;
    /** When it was asked for. */
    created_at: string;
    /** When the number is given back without a code. */
    expires_at: string | null;
    /** Before this the provider refuses a cancel. */
    earliest_cancel_at: string | null;
  }>;
  /** Send it as cursor for the next page; null on the last one. */
  next_cursor: string | null;
};

/** Rent a number for one service */
export type CreateActivationRequest = {
  /** Service code, from GET /v1/services. */
  service: string;
  /** Country id, from GET /v1/countries; 0 is one of them. */
  country: number | string;
  /** Provider row; without it the operator’s default. */
  api_id?: number | string;
  /** A quote for this service and country: you pay no more than it says. */
  quote_id?: string;
  /** The most you are ready to pay, US dollars. */
  max_price?: string | number;
  /** Your own reference; it comes back with the status. */
  client_ref?: string;
  /** A public https URL of yours (port 443, or 1024 and above). Each change is posted to it as JSON {type, id, created_at, data}, where data is what GET /v1/messages/{id} (without events) or status tells at that moment. Types: message.sent, message.delivered, message.undelivered, message.failed, message.canceled; activation.active, activation.code_received (each code), activation.late_code, activation.cancelled, activation.finished. Signed as in Standard Webhooks with the whsec_ secret that the operator gives you. Told at least once and in any order, so go by id and data; repeated for 24 hours until a 2xx, a 410 ends it. Redirects are not followed. */
  callback_url?: string;
};

/** The number is yours. */
export type CreateActivationReply201 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  /** The rented number, E.164. */
  phone: string;
  /** What the first code will cost. US dollars. */
  price: string;
  /** When it is given back without a code. */
  expires_at: string;
  /** Before this the provider refuses a cancel. */
  earliest_cancel_at: string;
  /** The provider row it came from. */
  api_id: number;
};

/** Not bought yet, or the provider’s answer was lost. Do not rent again: the Location tells the rest. */
export type CreateActivationReply202 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  pending: true;
};

/** One entry for each id. */
export type GetActivationStatusesReply200 = {
  ok: true;
  data: Array<{
    ok: true;
    /** Decimal digits. */
    activation_id: string;
    /** unknown: the provider’s answers are unusable at present; it passes, and no money moves. */
    status: "waiting" | "received" | "cancelled" | "unknown";
    /** The rented number, E.164; null while it is being bought. */
    phone: string | null;
    /** The number is still being bought. */
    pending?: true;
    /** The latest code. */
    otp?: string | null;
    /** Every code so far, oldest first. */
    messages?: Array<{
      code: string | null;
      text: string | null;
      /** When the code was heard of. */
      received_at: string;
    }>;
    /** Why it was cancelled: requested, expired, … */
    reason?: string | null;
    /** With unknown: the provider’s last words. */
    raw?: string;
    cancel_requested?: true;
    service: string;
    country: number;
    /** What the code costs. US dollars. */
    price: string;
    /** Where the price is: set aside, paid, or given back. */
    settlement: "held" | "captured" | "released";
    /** The provider row it came from. */
    api_id: number;
    client_ref: string | null;
    /** When it was asked for. */
    created_at: string;
    /** When the number is given back without a code. */
    expires_at: string | null;
    /** Before this the provider refuses a cancel. */
    earliest_cancel_at: string | null;
  } | {
    ok: false;
    /** Decimal digits. */
    activation_id: string;
    error: "activation_not_found";
  }>;
};

/** The rental. */
export type GetActivationReply200 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  /** unknown: the provider’s answers are unusable at present; it passes, and no money moves. */
  status: "waiting" | "received" | "cancelled" | "unknown";
  /** The rented number, E.164; null while it is being bought. */
  phone: string | null;
  /** The number is still being bought. */
  pending?: true;
  /** The latest code. */
  otp?: string | null;
  /** Every code so far, oldest first. */
  messages?: Array<{
    code: string | null;
    text: string | null;
    /** When the code was heard of. */
    received_at: string;
  }>;
  /** Why it was cancelled: requested, expired, … */
  reason?: string | null;
  /** With unknown: the provider’s last words. */
  raw?: string;
  cancel_requested?: true;
  service: string;
  country: number;
  /** What the code costs. US dollars. */
  price: string;
  /** Where the price is: set aside, paid, or given back. */
  settlement: "held" | "captured" | "released";
  /** The provider row it came from. */
  api_id: number;
  client_ref: string | null;
  /** When it was asked for. */
  created_at: string;
  /** When the number is given back without a code. */
  expires_at: string | null;
  /** Before this the provider refuses a cancel. */
  earliest_cancel_at: string | null;
};

/** Give a number back without a code */
export type CancelActivationRequest = Record<string, unknown>;

/** The provider confirmed; the money is free again. */
export type CancelActivationReply200 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  status: "cancelled";
};

/** Noted; the provider does not allow it yet, or the number is still being bought. */
export type CancelActivationReply202 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  status: "waiting";
  cancel_requested: true;
  /** When it will be asked again; null while the number is being bought. */
  earliest_cancel_at: string | null;
};

/** Wait for another code on the same number */
export type ResendActivationRequest = Record<string, unknown>;

/** The provider listens for another code. */
export type ResendActivationReply200 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  status: string;
};

/** Noted; the provider has not answered yet. */
export type ResendActivationReply202 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  status: string;
  resend_requested: true;
};

/** End a rental that has its code */
export type FinishActivationRequest = Record<string, unknown>;

/** The rental has ended. */
export type FinishActivationReply200 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  status: "received";
  finished: true;
};

/** Noted; the provider has not answered yet. */
export type FinishActivationReply202 = {
  ok: true;
  /** Decimal digits. */
  activation_id: string;
  status: "received";
  finished: false;
  finish_requested: true;
};

/** The whole list. */
export type ListCountriesReply200 = {
  ok: true;
  data: Array<{
    id: number;
    name: string;
  }>;
  /** It is all here. */
  next_cursor: null;
  /** The provider row it came from. */
  api_id: number;
};

/** The whole list. */
export type ListServicesReply200 = {
  ok: true;
  data: Array<{
    code: string;
    name: string;
  }>;
  /** It is all here. */
  next_cursor: null;
  /** The provider row it came from. */
  api_id: number;
};

/** The prices. */
export type ListPricesReply200 = {
  ok: true;
  data: Array<{
    service: string;
    country: number;
    /** What you pay at best. US dollars. */
    price: string;
    /** Numbers there are at that price. */
    stock: number;
    /** How rentals of this platform went, whoever rented; measured every few minutes. */
    delivery: {
      /** Rentals of the last 7 days that it is about. */
      sample: number;
      /** The share of them that got a code, 0 to 1; null without any. */
      success_rate: number | null;
      /** Half of the first codes came within this time. */
      p50_seconds: number | null;
      /** Nine of ten came within this time. */
      p90_seconds: number | null;
    };
  }>;
  /** It is all here. */
  next_cursor: null;
  /** The provider row it came from. */
  api_id: number;
};

/** The wallet. */
export type GetWalletReply200 = {
  ok: true;
  user_id: number;
  currency: "USD";
  /** All that is owned. US dollars. */
  balance: string;
  /** Set aside for running rentals. US dollars. */
  held: string;
  /** What can be spent. US dollars. */
  available: string;
};

/** One page of them. */
export type ListWalletEntriesReply200 = {
  ok: true;
  data: Array<{
    /** Counts the movements of this wallet without gaps. */
    id: string;
    /** credit and debit by the operator; hold, capture and release of a rental’s price. */
    kind: string;
    /** What was moved. US dollars. */
    amount: string;
    /** All that was owned after it. US dollars. */
    balance: string;
    /** Set aside for running rentals after it. US dollars. */
    held: string;
    /** What could be spent after it. US dollars. */
    available: string;
    reason: string;
    /** The operator’s own, where there is one. */
    reference: string | null;
    /** The rental it was for. */
    activation_id: string | null;
    /** When it was booked. */
    created_at: string;
  }>;
  /** Send it as cursor for the next page; null on the last one. */
  next_cursor: string | null;
};

/** One entry for each day, oldest first. */
export type GetUsageReply200 = {
  ok: true;
  data: Array<{
    /** In UTC. */
    day: string;
    /** total, and each state that any message of that day is in now. */
    messages: Record<string, unknown>;
    /** total, and each end: received, cancelled, expired, not_bought; running for those without one. */
    activations: Record<string, unknown>;
    /** What the rentals of that day have cost so far. US dollars. */
    spent: string;
  }>;
  /** It is all here. */
  next_cursor: null;
};

/** The keys. */
export type ListKeysReply200 = {
  ok: true;
  data: Array<{
    /** A part of the key itself. */
    id: string;
    name: string;
    scopes: Array<string>;
    /** The last characters of the key; null for one made before they were kept. */
    last_four: string | null;
    /** A key of test mode. */
    test: boolean;
    state: "live" | "revoked" | "expired";
    /** When it was made. */
    created_at: string;
    /** When it ends. */
    expires_at: string | null;
    /** To the minute. */
    last_used_at: string | null;
    /** The id of the key that took its place. */
    replaced_by: string | null;
  }>;
  /** It is all here. */
  next_cursor: null;
};

/** Replace this API key by a new one */
export type RotateKeyRequest = {
  /** How long the old key works beside the new one (default 24); 0 ends it now. */
  overlap_hours?: number;
};

/** The new key. */
export type RotateKeyReply201 = {
  ok: true;
  /** A part of the key itself. */
  id: string;
  name: string;
  scopes: Array<string>;
  /** The last characters of the key; null for one made before they were kept. */
  last_four: string | null;
  /** A key of test mode. */
  test: boolean;
  state: "live" | "revoked" | "expired";
  /** When it was made. */
  created_at: string;
  /** When it ends. */
  expires_at: string | null;
  /** To the minute. */
  last_used_at: string | null;
  /** The id of the key that took its place. */
  replaced_by: string | null;
  /** The key itself: store it now. */
  secret: string;
  /** The id of the old key. */
  replaces: string;
  /** Until then both work. */
  old_key_ends_at: string;
};

/** One page of them. */
export type ListEventsReply200 = {
  ok: true;
  data: Array<{
    /** The same as webhook-id at every endpoint. */
    id: string;
    type: "message.sent" | "message.delivered" | "message.undelivered" | "message.failed" | "message.canceled" | "activation.active" | "activation.code_received" | "activation.late_code" | "activation.cancelled" | "activation.finished" | "webhook.disabled" | "webhook.test";
    /** When it happened. */
    created_at: string;
    /** The message, rental or webhook endpoint as it is now, which may be further on; null when it is there no more. */
    data: Record<string, unknown> | null;
  }>;
  /** Send it as after. */
  next_cursor: string;
  /** There may be more already. */
  more: boolean;
};

/** The endpoints. */
export type ListWebhooksReply200 = {
  ok: true;
  data: Array<{
    id: string;
    url: string;
    /** null: everything. */
    event_types: Array<string> | null;
    /** Yours. */
    description: string | null;
    status: "enabled" | "disabled";
    /** Since when nothing is told there. */
    disabled_at: string | null;
    /** failing: nothing but failures for 24 hours. gone: it answered 410. */
    disabled_reason: string | null;
    /** Of the first failure since the last success. */
    failing_since: string | null;
    /** Until then the secret before this one signs too. */
    previous_secret_until: string | null;
    /** When it was made. */
    created_at: string;
  }>;
};

/** Have events told to an endpoint of yours */
export type CreateWebhookRequest = {
  /** A public https URL of yours (port 443, or 1024 and above). Redirects are not followed. */
  url: string;
  /** What it is to hear of; without it everything, also what is added later. */
  event_types?: Array<"message.sent" | "message.delivered" | "message.undelivered" | "message.failed" | "message.canceled" | "activation.active" | "activation.code_received" | "activation.late_code" | "activation.cancelled" | "activation.finished" | "webhook.disabled" | "webhook.test">;
  /** For you to tell endpoints apart. */
  description?: string;
};

/** The endpoint, and its secret. */
export type CreateWebhookReply201 = {
  ok: true;
  id: string;
  url: string;
  /** null: everything. */
  event_types: Array<string> | null;
  /** Yours. */
  description: string | null;
  status: "enabled" | "disabled";
  /** Since when nothing is told there. */
  disabled_at: string | null;
  /** failing: nothing but failures for 24 hours. gone: it answered 410. */
  disabled_reason: string | null;
  /** Of the first failure since the last success. */
  failing_since: string | null;
  /** Until then the secret before this one signs too. */
  previous_secret_until: string | null;
  /** When it was made. */
  created_at: string;
  /** Signs what is told there (Standard Webhooks). Shown here and never again. */
  secret: string;
};

/** The endpoint. */
export type GetWebhookReply200 = {
  ok: true;
  id: string;
  url: string;
  /** null: everything. */
  event_types: Array<string> | null;
  /** Yours. */
  description: string | null;
  status: "enabled" | "disabled";
  /** Since when nothing is told there. */
  disabled_at: string | null;
  /** failing: nothing but failures for 24 hours. gone: it answered 410. */
  disabled_reason: string | null;
  /** Of the first failure since the last success. */
  failing_since: string | null;
  /** Until then the secret before this one signs too. */
  previous_secret_until: string | null;
  /** When it was made. */
  created_at: string;
};

/** It is gone. */
export type DeleteWebhookReply200 = {
  ok: true;
  id: string;
  deleted: true;
};

/** Give an endpoint a new secret */
export type RotateWebhookSecretRequest = {
  /** How long the old secret signs beside the new one (default 86400). */
  overlap_seconds?: number;
};

/** The endpoint, and its new secret. */
export type RotateWebhookSecretReply200 = {
  ok: true;
  id: string;
  url: string;
  /** null: everything. */
  event_types: Array<string> | null;
  /** Yours. */
  description: string | null;
  status: "enabled" | "disabled";
  /** Since when nothing is told there. */
  disabled_at: string | null;
  /** failing: nothing but failures for 24 hours. gone: it answered 410. */
  disabled_reason: string | null;
  /** Of the first failure since the last success. */
  failing_since: string | null;
  /** Until then the secret before this one signs too. */
  previous_secret_until: string | null;
  /** When it was made. */
  created_at: string;
  /** Signs what is told there (Standard Webhooks). Shown here and never again. */
  secret: string;
};

/** Send an endpoint the event webhook.test */
export type TestWebhookRequest = Record<string, unknown>;

/** It is on its way. */
export type TestWebhookReply202 = {
  ok: true;
  event: string;
  delivery: string;
};

/** Have a disabled endpoint told again */
export type EnableWebhookRequest = Record<string, unknown>;

/** The endpoint. */
export type EnableWebhookReply200 = {
  ok: true;
  id: string;
  url: string;
  /** null: everything. */
  event_types: Array<string> | null;
  /** Yours. */
  description: string | null;
  status: "enabled" | "disabled";
  /** Since when nothing is told there. */
  disabled_at: string | null;
  /** failing: nothing but failures for 24 hours. gone: it answered 410. */
  disabled_reason: string | null;
  /** Of the first failure since the last success. */
  failing_since: string | null;
  /** Until then the secret before this one signs too. */
  previous_secret_until: string | null;
  /** When it was made. */
  created_at: string;
};

/** Tell an endpoint again what was given up */
export type ReplayWebhookRequest = {
  /** Only events since then. */
  since?: string;
};

/** They are on their way. */
export type ReplayWebhookReply202 = {
  ok: true;
  count: number;
  /** There may be more: ask again. */
  more: boolean;
};

/** One page of them. */
export type ListWebhookDeliveriesReply200 = {
  ok: true;
  data: Array<{
    id: string;
    /** The endpoint; null for a callback_url. */
    webhook: string | null;
    /** The id of the event, which is its webhook-id. */
    event: string;
    type: string;
    status: "pending" | "delivered" | "failed";
    /** Why it was given up, where there was no answer. */
    error: string | null;
    /** Every call so far, oldest first. No bodies are kept. */
    attempts: Array<{
      /** When it was called. */
      at: string;
      /** The HTTP status it answered with. */
      status: number | null;
      /** Without an answer: why, as a word. */
      error: string | null;
      /** How long it took. */
      ms: number | null;
    }>;
    /** When it is called next. */
    next_attempt_at: string | null;
    /** When the event happened. */
    created_at: string;
    /** When it was delivered or given up. */
    finished_at: string | null;
  }>;
  /** Send it as cursor for the next page; null on the last one. */
  next_cursor: string | null;
};

/** Tell one event again */
export type ReplayWebhookDeliveryRequest = Record<string, unknown>;

/** It is on its way. */
export type ReplayWebhookDeliveryReply202 = {
  ok: true;
  id: string;
  /** The endpoint; null for a callback_url. */
  webhook: string | null;
  /** The id of the event, which is its webhook-id. */
  event: string;
  type: string;
  status: "pending" | "delivered" | "failed";
  /** Why it was given up, where there was no answer. */
  error: string | null;
  /** Every call so far, oldest first. No bodies are kept. */
  attempts: Array<{
    /** When it was called. */
    at: string;
    /** The HTTP status it answered with. */
    status: number | null;
    /** Without an answer: why, as a word. */
    error: string | null;
    /** How long it took. */
    ms: number | null;
  }>;
  /** When it is called next. */
  next_attempt_at: string | null;
  /** When the event happened. */
  created_at: string;
  /** When it was delivered or given up. */
  finished_at: string | null;
};
