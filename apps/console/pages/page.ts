import type { ComponentChildren } from 'preact';
import type { ConsoleDeps } from '../deps.ts';

export interface PageRequest {
  deps: ConsoleDeps;
  params: Record<string, string>;
  query: Record<string, unknown>;
}

export interface PageReply {
  title: string;
  body: ComponentChildren;
}

export interface Page {
  path: string;
  /** Which entry of the navigation it belongs to. */
  section: string;
  /** Null: there is no such row. A string: go there instead. */
  show(request: PageRequest): Promise<PageReply | string | null>;
}

/** The query parameter when it is one of those allowed. */
export function oneOf(value: unknown, allowed: readonly string[]): string | null {
  return typeof value === 'string' && allowed.includes(value) ? value : null;
}

export const ROWS_PER_PAGE = 50;
