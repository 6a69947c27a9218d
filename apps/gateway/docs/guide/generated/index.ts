import { errorList } from './error-list.ts';
import { fragment } from './fragment.ts';
import { messageReasons } from './message-reasons.ts';
import { scopeTable } from './scope-table.ts';
import { MESSAGE_DIAGRAM, messageStates, RENTAL_DIAGRAM, rentalStates } from './states.ts';
import { v1Routes } from './v1-routes.ts';

/** Parts of pages that are made from the code, as Markdown: a page asks for one by a line `<!-- name -->`. */
export const GENERATED: Record<string, () => string> = {
  errors: errorList,
  'message-reasons': messageReasons,
  receiver: () => fragment('receiver'),
  'sample-webhook': () => fragment('sample-webhook'),
  scopes: scopeTable,
  'message-states': messageStates,
  'rental-states': rentalStates,
  requests: v1Routes,
};

/** Drawings, for HTML only: what they show stands beside them as a table. */
export const FIGURES: Record<string, string> = {
  'message-diagram': MESSAGE_DIAGRAM,
  'rental-diagram': RENTAL_DIAGRAM,
};
