import type { JobName } from '#libs/jobs';
import type { JobHandler } from '../deps.ts';
import { cancelActivation } from './cancel-activation.ts';
import { checkActivation } from './check-activation.ts';
import { finishActivation } from './finish-activation.ts';
import { partnerWebhook } from './partner-webhook.ts';
import { refreshMirrorEntry } from './refresh-mirror.ts';
import { rentNumber } from './rent-number.ts';
import { resendActivation } from './resend-activation.ts';
import { smsSend } from './sms-send.ts';

/** A job in the catalog without its handler here does not compile. */
export const HANDLERS: Record<JobName, JobHandler> = {
  'sms-send': smsSend,
  'rent-number': rentNumber,
  'cancel-activation': cancelActivation,
  'resend-activation': resendActivation,
  'finish-activation': finishActivation,
  'check-activation': checkActivation,
  'refresh-mirror': refreshMirrorEntry,
  'partner-webhook': partnerWebhook,
};
