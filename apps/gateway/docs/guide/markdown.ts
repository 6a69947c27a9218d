import type { GuidePage } from './page.ts';

/** A page for readers of Markdown: links lead to the Markdown of other pages, drawings are left to their tables. */
export function markdownOf({ source }: GuidePage, baseUrl: string): string {
  return source
    .replace(/^<!-- [a-z-]+ -->\n\n?/gm, '')
    .replace(/^```(\S*)(.*)$/gm, (_fence, language: string, marks: string) => caption(language, marks))
    .replace(/\]\((\/docs\/[a-z0-9-]+)/g, `](${baseUrl}$1.md`)
    .replace(/\]\(\//g, `](${baseUrl}/`)
    .replaceAll('{{base_url}}', baseUrl);
}

/** `title` and `status` of an example stand above it, where the page shows them in a bar. */
function caption(language: string, marks: string): string {
  const [, title] = /title="([^"]*)"/.exec(marks) ?? [];
  const [, status] = /status=(\d+)/.exec(marks) ?? [];
  const words = [title ?? (status && 'Reply'), status].filter(Boolean).join(', ');
  return words ? `${words}:\n\n\`\`\`${language}` : `\`\`\`${language}`;
}
