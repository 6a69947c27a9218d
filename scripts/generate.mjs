import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../apps/gateway/docs/openapi.ts';
import { clientTypes } from '../clients/typescript/generator/client-types.ts';
import { root } from './lib/paths.mjs';

const file = 'clients/typescript/src/generated.ts';
writeFileSync(join(root, file), clientTypes(openApiDocument('https://sms.example.com')));
process.stdout.write(`✓ ${file} is what the OpenAPI document says\n`);
