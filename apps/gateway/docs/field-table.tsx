import type { VNode } from 'preact';
import type { TSchema } from 'typebox';
import type { FieldSet } from '../actions/field.ts';
import { Table } from './parts.tsx';

/** What a schema says, as far as the documentation shows it. */
interface SchemaWords {
  type?: string;
  anyOf?: TSchema[];
  const?: unknown;
  items?: TSchema;
  description?: string;
  format?: string;
  pattern?: string;
  properties?: Record<string, TSchema>;
  required?: string[];
}

/** The input of an action. */
export function InputTable({ caption, fields }: { caption: string; fields: FieldSet }): VNode | null {
  const rows = Object.entries(fields).map(([name, { schema, required }]) => ({
    key: name,
    cells: [
      <Name key="name" name={name} mark={required ? 'required' : 'optional'} />,
      typeWords(schema),
      describe(schema),
    ],
  }));
  return rows.length > 0 ? (
    <Table caption={caption} columns={['Field', 'Type', 'Meaning']} rows={rows} />
  ) : null;
}

/** The fields of a reply. */
export function ReplyTable({ caption, schema }: { caption: string; schema: TSchema }): VNode {
  const { properties = {}, required = [] } = schema as SchemaWords;
  const rows = Object.entries(properties).map(([name, property]) => ({
    key: name,
    cells: [
      <Name key="name" name={name} mark={required.includes(name) ? null : 'sometimes'} />,
      typeWords(property),
      describe(property),
    ],
  }));
  return <Table caption={caption} columns={['Field', 'Type', 'Meaning']} rows={rows} />;
}

function Name({ name, mark }: { name: string; mark: string | null }): VNode {
  return (
    <>
      <code>{name}</code> {mark && <span class={`mark ${mark}`}>{mark}</span>}
    </>
  );
}

function describe(schema: TSchema): string {
  const { description, items, properties } = schema as SchemaWords;
  const inner = (items as SchemaWords | undefined)?.properties ?? properties;
  const parts = inner ? `Each has ${Object.keys(inner).join(', ')}.` : '';
  return [description, parts].filter(Boolean).join(' ');
}

/** In words: `whole number or digits`, `text or null`, `"waiting", "received" …`. */
function typeWords(schema: TSchema): string {
  const { type, anyOf, const: constant, items, format, pattern } = schema as SchemaWords;
  if (constant !== undefined) return JSON.stringify(constant);
  if (anyOf) return [...new Set(anyOf.map(typeWords))].join(' or ');
  if (items) return 'list';
  if (format === 'date-time') return 'time';
  if (format === 'uuid') return 'UUID';
  if (pattern?.startsWith('^[0-9]{')) return 'digits';
  return (
    { integer: 'whole number', string: 'text', number: 'number', object: 'object', null: 'null' }[
      type ?? ''
    ] ?? 'value'
  );
}
