export type { ActivationWithCode, WaitOptions } from './activations.ts';
export { type ClientOptions, SmsxClient } from './client.ts';
export { type ClientErrorCode, SmsxError } from './error.ts';
export type { FeedPage, FollowOptions, ReadQuery, StreamedEvent } from './events.ts';
export type { ErrorCode, Operations } from './generated.ts';
export type { SendOptions } from './messages.ts';
export type * from './models.ts';
export type { Page, Pages } from './pages.ts';
export type { CallOptions, Input, OperationName, Reply } from './transport.ts';
export {
  type VerifyOptions,
  verifyWebhook,
  WebhookVerificationError,
  type WebhookVerificationFault,
} from './webhook.ts';
