import type { Action } from '../actions/action.ts';
import { cancel } from '../actions/cancel.ts';
import * as fields from './fields.ts';

/** The id is in the path; all else is as on the partner page. */
export const cancelActivation: Action = {
  ...cancel,
  name: 'cancel-activation',
  input: { id: fields.activationId },
};
