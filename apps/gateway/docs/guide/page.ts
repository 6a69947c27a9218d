import { readFileSync } from 'node:fs';
import { shippedFile } from '#libs/platform';
import { CONTENTS } from './contents.ts';
import { FIGURES, GENERATED } from './generated/index.ts';

/** One page of the guide. */
export interface GuidePage {
  name: string;
  /** `/docs/<name>`; the same as Markdown is at `/docs/<name>.md`. */
  path: string;
  title: string;
  /** Its first paragraph, as Markdown. */
  summary: string;
  /** What is rendered: with all that is made from the code, `{{base_url}}` not filled in. */
  source: string;
}

export const GUIDE: readonly GuidePage[] = CONTENTS.flatMap(({ pages }) => pages.map(readPage));

function readPage(name: string): GuidePage {
  const text = readFileSync(shippedFile(`apps/gateway/docs/pages/${name}.md`), 'utf8');
  const [, title, summary] = /^# (.+)\n\n((?:.+\n)+)/.exec(text) ?? [];
  if (!title || !summary) throw new Error(`pages/${name}.md does not begin with # and one paragraph`);
  const source = text.replace(/^<!-- ([a-z-]+) -->$/gm, (comment, part: string) => {
    const make = GENERATED[part];
    if (make) return make();
    if (part in FIGURES) return comment;
    throw new Error(`pages/${name}.md asks for ${part}, which nothing makes`);
  });
  return { name, path: `/docs/${name}`, title, summary: summary.trim().replaceAll('\n', ' '), source };
}
