import { CONTENTS } from './contents.ts';
import { markdownOf } from './markdown.ts';
import { GUIDE } from './page.ts';

/** What there is to read, for programs: https://llmstxt.org */
export function llmsText(baseUrl: string): string {
  const groups = CONTENTS.map(({ title, pages }) =>
    [
      `## ${title}`,
      '',
      ...GUIDE.filter(({ name }) => pages.includes(name)).map(
        (page) => `- [${page.title}](${baseUrl}${page.path}.md): ${inAddress(page.summary, baseUrl)}`,
      ),
      '',
    ].join('\n'),
  );
  return `${[
    '# Partner API',
    '',
    '> Send text messages and rent phone numbers for one-time codes over HTTP with an API key, paid from a prepaid wallet.',
    '',
    `Base URL: ${baseUrl}. Every request carries \`Authorization: Bearer <key>\`. All pages in one file: ${baseUrl}/llms-full.txt`,
    '',
    ...groups,
    '## Machine-readable',
    '',
    `- [OpenAPI 3.1](${baseUrl}/openapi.json): every request, reply and error`,
    `- [Postman collection](${baseUrl}/postman.json): the same requests, with variables base_url and api_key`,
  ].join('\n')}\n`;
}

/** Every page, one after the other. */
export function llmsFullText(baseUrl: string): string {
  return GUIDE.map((page) => `<!-- ${baseUrl}${page.path}.md -->\n\n${markdownOf(page, baseUrl)}`).join('\n');
}

function inAddress(markdown: string, baseUrl: string): string {
  return markdown.replace(/\]\(\//g, `](${baseUrl}/`).replaceAll('{{base_url}}', baseUrl);
}
