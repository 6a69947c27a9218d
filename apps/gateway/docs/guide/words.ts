import { Marked, Parser, type Token, type Tokens } from 'marked';
import { slug } from './blocks.ts';
import { escapeHtml } from './html.tsx';

export interface Words {
  block(tokens: Token[]): string;
  inline(tokens: Token[]): string;
}

/** Markdown to HTML for what is neither an example nor a table. A comment line `<!-- name -->` stands for a figure. */
export function createWords(figures: Record<string, string>): Words {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const id = slug(text);
        const label = `Link to ${text.replace(/`/g, '')}`;
        return (
          `<h${depth} id="${id}">${this.parser.parseInline(tokens)} ` +
          `<a class="anchor" href="#${id}" aria-label="${escapeHtml(label)}">#</a></h${depth}>`
        );
      },
      blockquote({ tokens }: Tokens.Blockquote) {
        return `<div class="note">${this.parser.parse(tokens)}</div>`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag) {
        const [, name = ''] = /^<!-- ([a-z-]+) -->\s*$/.exec(text) ?? [];
        const figure = figures[name];
        if (figure === undefined) throw new Error(`there is no figure for ${text}`);
        return figure;
      },
    },
  });
  return {
    block: (tokens) => Parser.parse(tokens, marked.defaults),
    inline: (tokens) => Parser.parseInline(tokens, marked.defaults),
  };
}
