/**
 * The closed list of errors a partner can meet: HTTP status, the sentence shown, and what to do about it.
 * Everything that documents or maps errors reads this table.
 */
interface ErrorDefinition {
  status: number;
  /** Shown to the partner when the place that raised it says nothing more exact. */
  message: string;
  /** Shown in the documentation: what to do. */
  fix: string;
  /** The same request, unchanged and with the same Idempotency-Key, may succeed after a while. */
  retryable: boolean;
}

const RETRYABLE = true;

export const ERRORS = {
  invalid_json: e(
    400,
    'The body is not a JSON object.',
    'Send a JSON object, for example {"to":"+15551234567","message":"Hello"}.',
  ),
  invalid_to: e(
    400,
    'to is not a phone number in E.164 form.',
    'Send a plus sign, country code and number, digits only: "+15551234567".',
  ),
  invalid_message: e(
    400,
    'message is not a text that can be sent.',
    'Send a string of 1 to 1600 characters without NUL or lone surrogates.',
  ),
  invalid_reference: e(
    400,
    'reference is not a string of 1 to 255 characters.',
    'Shorten it, or leave it out.',
  ),
  invalid_callback_url: e(
    400,
    'callback_url is not an https address.',
    'Send an absolute https URL of at most 2048 characters, or leave it out.',
  ),
  invalid_validity_seconds: e(
    400,
    'validity_seconds is not a whole number from 1 to 36000.',
    'Send a number of seconds in that range, or leave it out.',
  ),
  invalid_send_at: e(
    400,
    'send_at is not a time within the next 35 days.',
    'Send an RFC 3339 time with zone, for example "2030-01-31T09:00:00Z".',
  ),
  invalid_action: e(400, 'action is missing or unknown.', 'Use one of the actions listed on this page.'),
  invalid_service: e(400, 'service is not a known service code.', 'Take the code from action=services.'),
  invalid_country: e(
    400,
    'country is not a known country id.',
    'Take the id, a whole number, from action=countries.',
  ),
  invalid_id: e(
    400,
    'id is not an activation id.',
    'Send the activation_id that rent_number returned: decimal digits.',
  ),
  invalid_ids: e(
    400,
    'ids is not a list of 1 to 100 activation ids.',
    'Send decimal ids separated by commas.',
  ),
  invalid_api_id: e(
    400,
    'api_id is not a provider row number.',
    'Send the whole number given by the operator, or leave it out.',
  ),
  invalid_max_price: e(
    400,
    'max_price is not an amount in dollars.',
    'Send a decimal string such as "0.50", or leave it out.',
  ),
  invalid_client_ref: e(
    400,
    'client_ref is not a string of 1 to 255 characters.',
    'Shorten it, or leave it out.',
  ),
  invalid_status: e(
    400,
    'status is none that a list knows.',
    'Send one of the states that the documentation names, or leave it out.',
  ),
  invalid_created_after: e(
    400,
    'created_after is not a time.',
    'Send an RFC 3339 time with zone, for example "2030-01-31T09:00:00Z".',
  ),
  invalid_created_before: e(
    400,
    'created_before is not a time.',
    'Send an RFC 3339 time with zone, for example "2030-01-31T09:00:00Z".',
  ),
  invalid_period: e(
    400,
    'from and to are not two days in this order, at most 31 days together.',
    'Send days such as from=2030-01-01&to=2030-01-31, both counted, or leave them out.',
  ),
  invalid_dry_run: e(400, 'dry_run is neither true nor false.', 'Send one of the two, or leave it out.'),
  invalid_quote_id: e(
    400,
    'quote_id is not a quote of yours for this service and country.',
    'Ask POST /v1/quotes and send its id as it is, or leave it out.',
  ),
  invalid_overlap_hours: e(
    400,
    'overlap_hours is not a whole number from 0 to 720.',
    'Send a number of hours in that range, or leave it out for 24.',
  ),
  invalid_limit: e(
    400,
    'limit is not a whole number from 1 to 100.',
    'Send a number in that range, or leave it out.',
  ),
  invalid_url: e(
    400,
    'url is not an https address.',
    'Send an absolute https URL of at most 2048 characters.',
  ),
  invalid_event_types: e(
    400,
    'event_types is not a list of event types.',
    'Send an array such as ["message.delivered"], or leave it out for all of them.',
  ),
  invalid_description: e(
    400,
    'description is not a string of 1 to 255 characters.',
    'Shorten it, or leave it out.',
  ),
  invalid_overlap_seconds: e(
    400,
    'overlap_seconds is not a whole number from 0 to 604800.',
    'Send a number of seconds in that range, or leave it out for a day.',
  ),
  invalid_since: e(
    400,
    'since is not a time.',
    'Send an RFC 3339 time with zone, for example "2030-01-31T09:00:00Z".',
  ),
  invalid_types: e(
    400,
    'types is not a list of event types.',
    'Separate them by commas: message.delivered,message.failed.',
  ),
  invalid_after: e(
    400,
    'after is not a place in the feed.',
    'Send the next_cursor of an earlier reply, "latest", or leave it out to begin with the oldest.',
  ),
  cursor_expired: e(
    410,
    'Events behind this place are kept no longer.',
    'Begin anew: leave the place out for the oldest event kept, or send "latest". Read what you may have missed from the lists.',
  ),
  invalid_last_event_id: e(
    400,
    'Last-Event-ID is not the id of an event of this stream.',
    'Send the id that the stream gave last, or leave it out.',
  ),
  invalid_wait: e(400, 'wait is not a whole number from 0 to 25.', 'Send a number of seconds in that range.'),
  invalid_format: e(400, 'format is neither json nor csv.', 'Send one of the two, or leave it out.'),
  invalid_cursor: e(
    400,
    'cursor is not a cursor of this list.',
    'Send the next_cursor of the page before, or leave it out to begin anew.',
  ),
  invalid_idempotency_key: e(
    400,
    'Idempotency-Key is not 1 to 255 printable ASCII characters.',
    'Send a UUID, for example.',
  ),
  invalid_prefer: e(
    400,
    'Prefer: wait is not a whole number of seconds from 0 to 20.',
    'Send Prefer: wait=10, or leave it out.',
  ),
  invalid_request: e(
    400,
    'The request could not be read.',
    'Check the URL, its query and the headers; each parameter may appear once.',
  ),
  unauthorized: e(
    401,
    'The API key is missing or not valid.',
    'Send Authorization: Bearer <key> or X-API-Key: <key>.',
  ),
  insufficient_funds: e(
    402,
    'The wallet does not cover the price.',
    'Ask the operator to add funds, or wait until held amounts are released.',
  ),
  insufficient_scope: e(
    403,
    'This API key may not do that.',
    'Ask the operator for a key with the scope named in the message.',
  ),
  key_not_yours: e(
    403,
    'A key can replace only itself.',
    'Call this with the key that is to be replaced, or ask the operator.',
  ),
  forbidden: e(
    403,
    'The signature or the secret of this callback is missing or not valid.',
    'Only providers call this address; check PUBLIC_BASE_URL, and the callback_url of smsx provider list.',
  ),
  activation_not_found: e(
    404,
    'There is no such activation.',
    'Use an activation_id that this wallet rented.',
  ),
  webhook_not_found: e(404, 'There is no such webhook endpoint.', 'Use an id from GET /v1/webhooks.'),
  webhook_delivery_not_found: e(
    404,
    'There is no such delivery.',
    'Use an id from the deliveries of an endpoint; they are kept for 30 days.',
  ),
  message_not_found: e(
    404,
    'There is no such message.',
    'Use an id that this partner was given by sms-send.',
  ),
  key_not_found: e(404, 'There is no such API key.', 'Use an id from GET /v1/keys.'),
  api_not_found: e(
    404,
    'There is no provider row with this api_id.',
    'Leave api_id out, or ask the operator for the right number.',
  ),
  not_found: e(404, 'There is nothing at this address.', 'See the list of endpoints on this page.'),
  method_not_allowed: e(405, 'This method is not allowed here.', 'Use the method named in the Allow header.'),
  out_of_stock: e(
    409,
    'No number is available for this service and country at the quoted price.',
    'Try later, another country, or ask prices again. Nothing was charged.',
  ),
  price_changed: e(
    409,
    'The price is now higher than quoted or allowed.',
    'Read current_price and rent again, with max_price if you set one. Nothing was charged.',
  ),
  quote_expired: e(409, 'The quote has expired.', 'Ask POST /v1/quotes for a new one. Nothing was charged.'),
  message_not_cancelable: e(
    409,
    'The message can no longer be canceled.',
    'Read message_status: it was handed to the provider, or has ended.',
  ),
  key_already_replaced: e(
    409,
    'This API key has been replaced already.',
    'Use the key that replaced it, or ask the operator.',
  ),
  code_already_received: e(
    409,
    'A code has already arrived, so the rental can no longer be cancelled.',
    'Use otp from this reply; it is paid.',
  ),
  code_not_received: e(
    409,
    'No code has arrived yet.',
    'Wait for the first code, or cancel the rental.',
    RETRYABLE,
  ),
  too_many_webhooks: e(
    409,
    'There are as many webhook endpoints as a partner can have.',
    'Delete one that is no longer used.',
  ),
  webhook_disabled: e(409, 'The webhook endpoint is disabled.', 'Enable it first.'),
  webhook_delivery_pending: e(
    409,
    'The delivery is on its way already.',
    'Wait until it is delivered or given up.',
    RETRYABLE,
  ),
  already_cancelled: e(409, 'The rental has already ended without a code.', 'Rent another number.'),
  already_finished: e(409, 'The rental has already been finished.', 'Rent another number.'),
  idempotency_in_flight: e(
    409,
    'The first request with this Idempotency-Key is still running.',
    'Repeat it after a few seconds.',
    RETRYABLE,
  ),
  payload_too_large: e(413, 'The body is larger than 32 KiB.', 'Send a smaller body.'),
  idempotency_mismatch: e(
    422,
    'This Idempotency-Key was used with another body.',
    'Use a new key for a new request.',
  ),
  rate_limited: e(
    429,
    'Too many requests with this API key.',
    'Wait for the seconds in Retry-After.',
    RETRYABLE,
  ),
  too_many_streams: e(
    429,
    'As many event streams are open with this API key as may be.',
    'Close one, or read GET /v1/events.',
    RETRYABLE,
  ),
  internal_error: e(
    500,
    'Something went wrong on our side.',
    'Repeat a POST with the same Idempotency-Key; give the operator the request_id.',
    RETRYABLE,
  ),
  outbound_sms_not_configured: e(
    501,
    'Outbound SMS is not set up on this server.',
    'The operator must set the Twilio variables.',
  ),
  provider_error: e(
    502,
    'The provider refused the request.',
    'Read the message; it holds the provider’s words.',
    RETRYABLE,
  ),
  no_api_keys_configured: e(503, 'This server has no API keys yet.', 'The operator must create one.'),
  partner_user_not_configured: e(
    503,
    'No wallet user is configured for this API key.',
    'The operator must set PARTNER_VIRTUAL_USER_ID or bind the key to a user.',
  ),
  virtual_numbers_not_configured: e(
    503,
    'No number provider is set up on this server.',
    'The operator must add a provider row.',
  ),
  provider_unavailable: e(
    503,
    'The provider gives no answer at present.',
    'Try again after the seconds in Retry-After. Nothing was charged.',
    RETRYABLE,
  ),
  overloaded: e(
    503,
    'The server cannot take the request now.',
    'Try again after the seconds in Retry-After.',
    RETRYABLE,
  ),
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

/** An error a partner may see. `details` become fields of the reply beside the standard ones. */
export class PublicError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;
  readonly retryAfterSeconds: number | null;
  /** The field, parameter or header at fault. */
  readonly param: string | null;

  constructor(
    code: ErrorCode,
    options: {
      message?: string;
      details?: Record<string, unknown>;
      retryAfterSeconds?: number;
      param?: string | null;
      cause?: unknown;
    } = {},
  ) {
    super(options.message ?? ERRORS[code].message, { cause: options.cause });
    this.name = 'PublicError';
    this.code = code;
    this.details = options.details ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.param = options.param ?? null;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

function e(status: number, message: string, fix: string, retryable = false): ErrorDefinition {
  return { status, message, fix, retryable };
}

export interface ErrorBody {
  ok: false;
  error: ErrorCode;
  message: string;
  request_id: string;
  /** The field, parameter or header at fault, where there is one. */
  param?: string;
  [detail: string]: unknown;
}

export function errorBody(error: PublicError, requestId: string): ErrorBody {
  return {
    ok: false,
    error: error.code,
    message: error.message,
    request_id: requestId,
    ...(error.param === null ? {} : { param: error.param }),
    ...error.details,
  };
}

/** The reply for an error, as every transport of ours sends it: status and JSON text. */
export function errorReply(error: PublicError, requestId: string): { status: number; body: string } {
  return { status: error.status, body: JSON.stringify(errorBody(error, requestId)) };
}
