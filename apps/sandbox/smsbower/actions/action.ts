import type { Call } from '../../core/calls.ts';
import type { SandboxContext } from '../../core/context.ts';
import type { Answer } from '../../core/reply.ts';
import type { Query } from '../query.ts';

export interface ActionInput {
  ctx: SandboxContext;
  query: Query;
  call: Call;
}

export type Action = (input: ActionInput) => Answer | Promise<Answer>;
