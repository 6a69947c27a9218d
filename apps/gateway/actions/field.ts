import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { ERRORS, type ErrorCode, PublicError } from '#libs/domain';
import { badRequest } from '../plugins/errors.ts';

/** One input value: what the documentation shows of it, what a bad one is called, and how it is read. */
export interface Field<Value> {
  code: ErrorCode;
  schema: TSchema;
  required: boolean;
  /** Throws PublicError with `code`, or the more exact sentence of its own. */
  read: (value: unknown) => Value;
}

export type FieldSet = Record<string, Field<unknown>>;
export type InputOf<Fields extends FieldSet> = { [Name in keyof Fields]: ReturnType<Fields[Name]['read']> };

/** `decode` returns null for what the schema lets through and is still not good. */
export function field<Schema extends TSchema, Value>(
  code: ErrorCode,
  schema: Schema,
  decode: (value: Static<Schema>) => Value | null,
): Field<Value> {
  const validator = Compile(schema);
  return {
    code,
    schema,
    required: true,
    read(value) {
      const decoded = validator.Check(value) ? decode(value) : null;
      if (decoded === null) throw badRequest(code);
      return decoded;
    },
  };
}

/** Absent and null both mean "not given". */
export function optional<Value>(inner: Field<Value>): Field<Value | null> {
  return {
    ...inner,
    required: false,
    read: (value) => (value === undefined || value === null ? null : inner.read(value)),
  };
}

/** Reads each field in the order it is declared; the first bad one is reported. Unknown ones are ignored. */
export function readInput<Fields extends FieldSet>(
  fields: Fields,
  raw: Record<string, unknown>,
): InputOf<Fields> {
  const input: Record<string, unknown> = {};
  for (const name in fields) {
    const field = fields[name];
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (field?.required && value === undefined) throw badRequest(field.code, `${name} is missing.`, name);
    if (field) input[name] = readField(name, field, value);
  }
  return input as InputOf<Fields>;
}

/** What is wrong with a field is told with its name. */
function readField(name: string, field: Field<unknown>, value: unknown): unknown {
  try {
    return field.read(value);
  } catch (error) {
    if (!(error instanceof PublicError) || error.status !== 400) throw error;
    throw new PublicError(error.code, { message: error.message, param: name, cause: error });
  }
}

/** Repeated query parameters are refused by the name of what they repeat. */
export function refuseRepeated(fields: FieldSet, query: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(query)) {
    if (!Array.isArray(value)) continue;
    const code = Object.hasOwn(fields, name) ? (fields[name]?.code ?? 'invalid_request') : 'invalid_request';
    const shown = name.slice(0, 64);
    throw badRequest(code, `${shown} appears more than once. ${ERRORS[code].message}`, shown);
  }
}
