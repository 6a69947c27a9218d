import { comment, referenced, type Schema, schemaType } from './schema-type.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

interface Body {
  content?: Record<string, { schema: Schema }>;
}

interface Operation {
  operationId: string;
  summary: string;
  parameters?: Parameter[];
  requestBody?: Body;
  responses: Record<string, Body>;
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

interface Route extends Operation {
  method: string;
  path: string;
}

const HEADER = `// Made from the gateway's OpenAPI document by \`npm run generate\` in the repository. Do not edit.\n`;

/** The source of src/generated.ts: where each operation of /v1 is, what it takes and what it answers. */
export function clientTypes(document: OpenApi): string {
  const routes = routesOf(document);
  const names = routes.flatMap(schemaNames);
  return [
    HEADER,
    `/** Where each operation is. */\nexport const ROUTES = {\n${routes.map(routeLine).join('')}} as const;\n`,
    `/** What each operation takes and answers. */\nexport interface Operations {\n${routes.map(operationType).join('')}}\n`,
    `/** Every code an error of the API may have. */\nexport type ErrorCode =${errorCodes(document)};\n`,
    ...[...new Set(names)].map((name) => namedType(name, document.components.schemas[name])),
  ].join('\n');
}

function routesOf({ paths }: OpenApi): Route[] {
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path,
      })),
    );
}

function routeLine({ operationId, method, path }: Route): string {
  return `  '${operationId}': { method: '${method}', path: '${path}' },\n`;
}

function operationType(route: Route): string {
  const { operationId, summary, requestBody } = route;
  return [
    `${comment(summary, '  ')}  '${operationId}': {\n`,
    `    path: ${parameterType(route, 'path')};\n`,
    `    query: ${parameterType(route, 'query')};\n`,
    `    body: ${
      requestBody
        ? schemasOf(requestBody)
            .map((schema) => schemaType(schema))
            .join(' | ')
        : 'undefined'
    };\n`,
    `    reply: ${successes(route)
      .map((schema) => schemaType(schema))
      .join(' | ')};\n`,
    '  };\n',
  ].join('');
}

function parameterType({ parameters = [] }: Route, place: 'path' | 'query'): string {
  const here = parameters.filter((parameter) => parameter.in === place);
  if (here.length === 0) return 'undefined';
  return schemaType(
    {
      type: 'object',
      properties: Object.fromEntries(here.map(({ name, schema }) => [name, schema])),
      required: here.filter(({ required }) => required).map(({ name }) => name),
    },
    '    ',
  );
}

function errorCodes({ components }: OpenApi): string {
  const codes = components.schemas.Error?.properties?.error?.enum ?? [];
  return codes.map((code) => `\n  | ${JSON.stringify(code)}`).join('');
}

function namedType(name: string, schema: Schema | undefined): string {
  if (!schema) throw new Error(`the document has no schema ${name}`);
  return `${comment(schema.description, '')}export type ${name} = ${schemaType(schema)};\n`;
}

function schemaNames(route: Route): string[] {
  const own = [...(route.requestBody ? schemasOf(route.requestBody) : []), ...successes(route)];
  return own.flatMap(({ $ref }) => ($ref === undefined ? [] : [referenced($ref)]));
}

/** Of several kinds of content the client asks for JSON. */
function successes({ responses }: Route): Schema[] {
  return Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, response]) => {
      const json = response.content?.['application/json'];
      return json ? [json.schema] : schemasOf(response);
    });
}

function schemasOf({ content = {} }: Body): Schema[] {
  return Object.values(content).map(({ schema }) => schema);
}
