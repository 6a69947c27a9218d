import { renderToString } from 'preact-render-to-string';
import { GuideDocument } from './guide-page.tsx';
import { escapeHtml } from './html.tsx';
import { llmsFullText, llmsText } from './llms.ts';
import { markdownOf } from './markdown.ts';
import { GUIDE, type GuidePage } from './page.ts';

/** A text of the documentation at an address of its own, for the base URL by which it was asked. */
export interface Document {
  path: string;
  type: string;
  render(baseUrl: string): string;
}

const HTML = 'text/html; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

/** Each page as HTML and as Markdown, and the two lists of them for programs. */
export const GUIDE_DOCUMENTS: Document[] = [
  ...GUIDE.flatMap((page) => [
    { path: page.path, type: HTML, render: htmlOf(page) },
    { path: `${page.path}.md`, type: MARKDOWN, render: (baseUrl: string) => markdownOf(page, baseUrl) },
  ]),
  { path: '/llms.txt', type: TEXT, render: llmsText },
  { path: '/llms-full.txt', type: TEXT, render: llmsFullText },
];

/** A page is made once; only the base URL in it is the request's. */
function htmlOf(page: GuidePage): (baseUrl: string) => string {
  let made: string | null = null;
  return (baseUrl) => {
    made ??= `<!doctype html>${renderToString(<GuideDocument page={page} />)}`;
    return made.replaceAll('{{base_url}}', escapeHtml(baseUrl));
  };
}
