import type { Tokens } from 'marked';
import type { VNode } from 'preact';
import { Table } from '../parts.tsx';
import { type Chunk, plainText, type SectionBlocks } from './blocks.ts';
import { Examples } from './examples.tsx';
import { Html } from './html.tsx';
import type { Words } from './words.ts';

/** The sections of a page: words, and beside them (below them on narrow screens) their examples. */
export function Article({ sections, words }: { sections: SectionBlocks[]; words: Words }): VNode {
  return (
    <>
      {sections.map(({ heading, chunks }, index) => (
        <section key={heading?.id ?? ''} class="topic">
          {chunks.map((chunk, place) => (
            <Part key={place} chunk={chunk} words={words} name={`tabs-${index}-${place}`} />
          ))}
        </section>
      ))}
    </>
  );
}

function Part({ chunk, words, name }: { chunk: Chunk; words: Words; name: string }): VNode {
  const [first] = chunk.words;
  if (first?.kind === 'table') return <TableOf table={first.token} caption={first.caption} words={words} />;
  const examples = chunk.examples.length > 0 && <Examples codes={chunk.examples} name={name} />;
  if (!first) return <>{examples}</>;
  const prose = <Html class="prose" html={words.block(chunk.words.map(({ token }) => token))} />;
  return examples ? (
    <div class="pair">
      {prose}
      {examples}
    </div>
  ) : (
    prose
  );
}

function TableOf({ table, caption, words }: { table: Tokens.Table; caption: string; words: Words }): VNode {
  return (
    <Table
      caption={caption}
      columns={table.header.map(({ text }) => plainText(text))}
      rows={table.rows.map((cells) => ({
        key: cells.map(({ text }) => text).join('|'),
        cells: cells.map(({ tokens, text }) => <Html key={text} as="span" html={words.inline(tokens)} />),
      }))}
    />
  );
}
