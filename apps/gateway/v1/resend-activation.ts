import type { Action } from '../actions/action.ts';
import { resend } from '../actions/resend.ts';
import * as fields from './fields.ts';

/** The id is in the path; all else is as on the partner page. */
export const resendActivation: Action = {
  ...resend,
  name: 'resend-activation',
  input: { id: fields.activationId },
};
