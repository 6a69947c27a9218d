import type { Partner, WaitingContext } from '#libs/services';
import type { Parameters } from './parameters.ts';
import type { Token } from './tokens.ts';

/** One action of the dialect. */
export interface DialectAction {
  name: string;
  /** One line, for the documentation: what it answers. */
  summary: string;
  /** It reads the rental named by `id`, whose status the rate limit's trip to Redis brings along. */
  readsStatus?: true;
  run(call: DialectCall): Promise<DialectReply>;
}

export interface DialectCall {
  ctx: WaitingContext;
  partner: Partner;
  requestId: string;
  parameters: Parameters;
  /** The reply to `status` for the parameter `id`, when the cache had it. */
  cachedStatus: string | null;
  /** True once the connection is closed, so that nobody will read the answer. */
  callerHasGone: () => boolean;
}

/** `TOKEN` or `TOKEN:value` as text, or a JSON document; `ids` go to the log. */
export type DialectReply = { ids?: Record<string, string | number> } & (
  | { token: Token; value?: string }
  | { json: unknown }
);
