import { readFileSync } from 'node:fs';

/** A module that can be compiled; its name is that of a file. */
export interface ClientExample {
  name: string;
  code: string;
}

/** Those of the client's README, named by their `run=`, else by their place. */
export function readmeExamples(): ClientExample[] {
  return examplesOf('readme', '../../../clients/typescript/README.md');
}

/** Those of the guide's page. */
export function guideExamples(): ClientExample[] {
  return examplesOf('guide', '../../../apps/gateway/docs/pages/typescript.md').map(({ name, code }) => ({
    name,
    code: code.replaceAll('{{base_url}}', 'https://sms.example.com'),
  }));
}

/** The first one makes the client that all others have. */
function examplesOf(source: string, path: string): ClientExample[] {
  const text = readFileSync(new URL(path, import.meta.url), 'utf8');
  const fences = [...text.matchAll(/^```ts(?: run=(\w+))?[^\n]*\n([\s\S]*?)^```$/gm)];
  const [, , beginning = ''] = fences[0] ?? [];
  return fences.map(([, name, code = ''], place) => ({
    name: `${source}-${name ?? place}`,
    code: place === 0 ? `${beginning}export { client };\n` : `${beginning}${code}`,
  }));
}
