import type { Action } from '../actions/action.ts';
import { finish } from '../actions/finish.ts';
import * as fields from './fields.ts';

/** The id is in the path; all else is as on the partner page. */
export const finishActivation: Action = {
  ...finish,
  name: 'finish-activation',
  input: { id: fields.activationId },
};
