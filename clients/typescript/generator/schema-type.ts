/** As much of a JSON schema as the gateway uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  pattern?: string;
}

/** A schema as a TypeScript type; properties stand two spaces further in than `indent`. */
export function schemaType(schema: Schema, indent = ''): string {
  if (schema.$ref !== undefined) return referenced(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.anyOf) return union(schema.anyOf.map((part) => schemaType(part, indent)));
  if (schema.allOf) return schema.allOf.map((part) => schemaType(part, indent)).join(' & ');
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return 'unknown';
  return union(types.map((type) => plainType(type, schema, indent)));
}

/** `#/components/schemas/Name` ⇒ `Name`. */
export function referenced(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** A description as a comment above what it describes; empty without one. */
export function comment(text: string | undefined, indent: string): string {
  return text ? `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n` : '';
}

function plainType(type: string, schema: Schema, indent: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${schemaType(schema.items ?? {}, indent)}>`;
    case 'object':
      return objectType(schema, indent);
    default:
      throw new Error(`no TypeScript type is known for ${type}`);
  }
}

function objectType({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const optional = required.includes(name) ? '' : '?';
    return `${comment(schema.description, inner)}${inner}${keyOf(name)}${optional}: ${schemaType(schema, inner)};\n`;
  });
  return lines.length === 0 ? 'Record<string, unknown>' : `{\n${lines.join('')}${indent}}`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function union(types: string[]): string {
  return [...new Set(types)].join(' | ');
}
