import { Marked, type Token, type Tokens } from 'marked';

/** A page as it is laid out: a title, one paragraph, then sections. */
export interface PageBlocks {
  title: string;
  /** The first paragraph, as Markdown. */
  lead: Tokens.Paragraph;
  sections: SectionBlocks[];
}

export interface SectionBlocks {
  /** Null for what stands before the first `##`. */
  heading: { id: string; text: string } | null;
  chunks: Chunk[];
}

/** Words, and the examples that belong beside them. */
export interface Chunk {
  words: Block[];
  examples: Tokens.Code[];
}

/** A table takes the paragraph before it, `Table: …`, as its caption. */
export type Block = { kind: 'words'; token: Token } | { kind: 'table'; token: Tokens.Table; caption: string };

const marked = new Marked();

/** Throws for a page that does not begin with `# Title` and one paragraph, and for a table without a caption. */
export function readBlocks(markdown: string): PageBlocks {
  const [title, lead, ...rest] = marked.lexer(markdown).filter(({ type }) => type !== 'space');
  if (!isHeading(title, 1) || !isParagraph(lead)) throw new Error('a page begins with # and one paragraph');
  const sections: SectionBlocks[] = [{ heading: null, chunks: [] }];
  for (const block of withCaptions(rest)) {
    const { token } = block;
    if (isHeading(token, 2)) {
      sections.push({ heading: { id: slug(token.text), text: plainText(token.text) }, chunks: [] });
    }
    addTo(sections.at(-1)?.chunks ?? [], block);
  }
  return { title: plainText(title.text), lead, sections: sections.filter(({ chunks }) => chunks.length > 0) };
}

/** The anchor of a heading, as GitHub makes it; for an error code it is the code itself. */
export function slug(heading: string): string {
  return plainText(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** Markdown without its marks. */
export function plainText(markdown: string): string {
  return markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}

/** Examples follow the words they belong to; words after them begin the next chunk, and so does what needs all width. */
function addTo(chunks: Chunk[], block: Block): void {
  const last = chunks.at(-1);
  if (block.token.type === 'code') {
    if (last && !last.words.some(isWide)) last.examples.push(block.token as Tokens.Code);
    else chunks.push({ words: [], examples: [block.token as Tokens.Code] });
  } else if (last && last.examples.length === 0 && !isWide(block) && !last.words.some(isWide)) {
    last.words.push(block);
  } else {
    chunks.push({ words: [block], examples: [] });
  }
}

function isWide({ kind, token }: Block): boolean {
  return kind === 'table' || token.type === 'html';
}

function withCaptions(tokens: Token[]): Block[] {
  const blocks: Block[] = [];
  let caption: string | null = null;
  for (const token of tokens) {
    if (token.type === 'table') {
      if (caption === null) throw new Error(`a table has no caption: ${token.raw.slice(0, 60)}`);
      blocks.push({ kind: 'table', token: token as Tokens.Table, caption });
    }
    caption = isParagraph(token) && token.text.startsWith(CAPTION) ? token.text.slice(CAPTION.length) : null;
    if (token.type !== 'table' && caption === null) blocks.push({ kind: 'words', token });
  }
  return blocks;
}

const CAPTION = 'Table: ';

function isHeading(token: Token | undefined, depth: number): token is Tokens.Heading {
  return token?.type === 'heading' && token.depth === depth;
}

function isParagraph(token: Token | undefined): token is Tokens.Paragraph {
  return token?.type === 'paragraph';
}
