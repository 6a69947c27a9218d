import type { TSchema } from 'typebox';
import type { ErrorCode } from '#libs/domain';
import {
  jsonReply,
  type Partner,
  type Repeatable,
  type Reply,
  type Scope,
  type WaitingContext,
} from '#libs/services';
import type { FeedPlace } from '#libs/store';
import { type FieldSet, type InputOf, readInput } from './field.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** One capability of the partner API: all that dispatch, checks and documentation need to know of it. */
export interface ActionDefinition<Fields extends FieldSet> {
  name: string;
  method: Method;
  /** One line; what it does for the caller. */
  summary: string;
  /** What a reader must know beyond that. */
  description: string;
  /** The scope a key needs; the services enforce it. Null: any key may. */
  scope: Scope | null;
  /** Parameters of the path, query parameters of a GET or DELETE, body of a POST. */
  input: Fields;
  inputExample: Record<string, unknown>;
  replies: DocumentedReply[];
  /** Codes of its own, beside those that every action can answer with. */
  errors: readonly ErrorCode[];
  /** Takes `Prefer: wait`. */
  prefersWait?: true;
  /** While its reply is in the cache the rate limit's trip brings it, and `run` is not called. */
  cachedById?: true;
  /** A 200 carries an ETag, and a repeat with If-None-Match gets 304 while nothing has changed. */
  etag?: true;
  run(call: Call & { input: InputOf<Fields> }): Promise<Answer>;
}

export interface DocumentedReply {
  status: 200 | 201 | 202;
  when: string;
  schema: TSchema;
  example: Record<string, unknown>;
  /** Comes as CSV too, when that is asked for. */
  csv?: true;
  /** Comes as Server-Sent Events; schema and example are of one data line. */
  stream?: true;
}

/** What an action is given. `raw` is the query or the parsed body, and the parameters of the path. */
export interface Call extends Repeatable {
  ctx: WaitingContext;
  partner: Partner;
  raw: Record<string, unknown>;
  waitSeconds: number;
  /** The header Accept as it came. */
  accept: string;
  /** The header Last-Event-ID, with which a stream is taken up again. */
  lastEventId: string | null;
}

/** A reply as JSON text, unless its headers name another type; `ids` go to the log. */
export interface Answer extends Reply {
  ids?: Record<string, string | number>;
  /** In lower case. */
  headers?: Record<string, string>;
  /** Of a page: where the next one begins, null on the last. */
  nextCursor?: string | null;
  /** In place of the body: events as they happen, from there on. */
  stream?: StreamStart;
}

/** What a stream begins with. */
export interface StreamStart {
  after: FeedPlace;
  /** Null: all of them. */
  types: readonly string[] | null;
}

export type Action = Omit<ActionDefinition<FieldSet>, 'run'> & { run(call: Call): Promise<Answer> };

/** Checks the input before `run`, so that an action sees typed values only. */
export function defineAction<Fields extends FieldSet>(definition: ActionDefinition<Fields>): Action {
  return {
    ...definition,
    run: (call) => definition.run({ ...call, input: readInput(definition.input, call.raw) }),
  };
}

export function okAnswer(body: Record<string, unknown>, ids?: Answer['ids']): Answer {
  return { ...jsonReply(200, { ok: true, ...body }), replayed: false, ...(ids ? { ids } : {}) };
}
