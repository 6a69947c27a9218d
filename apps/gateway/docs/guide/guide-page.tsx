import type { VNode } from 'preact';
import { KeyField } from '../key-field.tsx';
import { Layout } from '../layout.tsx';
import { Article } from './article.tsx';
import { readBlocks } from './blocks.ts';
import { CONTENTS } from './contents.ts';
import { FIGURES } from './generated/index.ts';
import { Html } from './html.tsx';
import { GUIDE, type GuidePage } from './page.ts';
import { createWords } from './words.ts';

/** A page of the guide: the list of all pages, its own words with their examples, and what to read next. */
export function GuideDocument({ page }: { page: GuidePage }): VNode {
  const words = createWords(FIGURES);
  const { title, lead, sections } = readBlocks(page.source);
  const headings = sections.flatMap(({ heading }) => (heading ? [heading] : []));
  const hasKey = page.source.includes('YOUR_API_KEY');
  return (
    <Layout
      title={title}
      here="/docs/quickstart"
      markdown={`${page.path}.md`}
      contents={headings}
      lead={<Html as="span" html={words.inline(lead.tokens)} />}
      aside={<Pages here={page} />}
    >
      {hasKey && <KeyField />}
      <Article sections={sections} words={words} />
      <Onward page={page} />
    </Layout>
  );
}

/** Twice in the page, once for each width: a list that folds, and one that is always open. */
function Pages({ here }: { here: GuidePage }): VNode {
  return (
    <>
      <details class="pages">
        <summary>All pages of the guide</summary>
        <PageList here={here} />
      </details>
      <nav class="pages" aria-label="Guide">
        <PageList here={here} />
      </nav>
    </>
  );
}

function PageList({ here }: { here: GuidePage }): VNode {
  return (
    <>
      {CONTENTS.map(({ title, pages }) => (
        <div key={title}>
          <p>{title}</p>
          <ul>
            {GUIDE.filter(({ name }) => pages.includes(name)).map((page) => (
              <li key={page.name}>
                <a href={page.path} {...(page === here ? { 'aria-current': 'page' as const } : {})}>
                  {page.title}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function Onward({ page }: { page: GuidePage }): VNode {
  const next = GUIDE[GUIDE.indexOf(page) + 1];
  return (
    <footer class="onward">
      {next && (
        <p>
          Next: <a href={next.path}>{next.title}</a>
        </p>
      )}
      <p>
        <a href={`${page.path}.md`}>This page as Markdown</a>
      </p>
    </footer>
  );
}
