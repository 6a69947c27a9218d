import { createConfig, lintFromString } from '@redocly/openapi-core';
import t from 'tap';
import { openApiDocument } from '../../../apps/gateway/docs/openapi.ts';

const STRICTEST = 'recommended-strict';

t.test('a strict linter has nothing to say about the OpenAPI document', async (t) => {
  t.strictSame(await problemsOf(openApiDocument('https://sms.example.com')), []);
});

t.test('and would say so', async (t) => {
  const { info: _info, ...rest } = openApiDocument('https://sms.example.com');
  t.match(await problemsOf({ ...rest, info: { title: 'Partner API', version: '1.0.0' } }), [/^info-license/]);
});

async function problemsOf(document: Record<string, unknown>): Promise<string[]> {
  const config = await createConfig({ extends: [STRICTEST] });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  return problems.map(
    ({ ruleId, message, location: [place] }) => `${ruleId}: ${message} at ${place?.pointer}`,
  );
}
