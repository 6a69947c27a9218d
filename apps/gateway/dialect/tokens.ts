import type { ErrorCode } from '#libs/domain';

/** All that is ever answered as text: the classic words, which every client of the family knows. */
export const TOKENS = [
  'ACCESS_BALANCE',
  'ACCESS_NUMBER',
  'ACCESS_READY',
  'ACCESS_RETRY_GET',
  'ACCESS_ACTIVATION',
  'ACCESS_CANCEL',
  'STATUS_WAIT_CODE',
  'STATUS_WAIT_RETRY',
  'STATUS_OK',
  'STATUS_CANCEL',
  'FULL_SMS',
  'NO_KEY',
  'BAD_KEY',
  'BAD_ACTION',
  'BAD_SERVICE',
  'BAD_COUNTRY',
  'BAD_STATUS',
  'NO_NUMBERS',
  'NO_BALANCE',
  'NO_ACTIVATION',
  'WRONG_MAX_PRICE',
  'ORDER_ALREADY_EXISTS',
  'EARLY_CANCEL_DENIED',
  'ACCOUNT_INACTIVE',
  'ERROR_SQL',
] as const;

export type Token = (typeof TOKENS)[number];

/** Our error codes in their words. Whatever has none there is `ERROR_SQL`: the server's fault, try again. */
export const TOKEN_OF_ERROR: Partial<Record<ErrorCode, Token>> = {
  unauthorized: 'BAD_KEY',
  no_api_keys_configured: 'BAD_KEY',
  insufficient_scope: 'BAD_KEY',
  partner_user_not_configured: 'ACCOUNT_INACTIVE',
  invalid_action: 'BAD_ACTION',
  invalid_request: 'BAD_ACTION',
  payload_too_large: 'BAD_ACTION',
  invalid_service: 'BAD_SERVICE',
  invalid_country: 'BAD_COUNTRY',
  invalid_id: 'NO_ACTIVATION',
  activation_not_found: 'NO_ACTIVATION',
  insufficient_funds: 'NO_BALANCE',
  code_already_received: 'BAD_STATUS',
  code_not_received: 'BAD_STATUS',
  already_cancelled: 'BAD_STATUS',
  already_finished: 'BAD_STATUS',
};
