import type { Action } from './action.ts';

/** A path of the partner API and what can be done there. */
export interface Endpoint {
  path: string;
  /** By name. Where the query parameter `action` chooses there may be many for a method, else one for each. */
  actions: ReadonlyMap<string, Action>;
  chosenByQuery: boolean;
  /** Browsers of other origins may call it. */
  cors: boolean;
}

export function byName(...actions: Action[]): ReadonlyMap<string, Action> {
  return new Map(actions.map((action) => [action.name, action]));
}
