import { readFileSync } from 'node:fs';

/** Markdown that several pages show. */
export function fragment(name: string): string {
  return readFileSync(new URL(`../../pages/fragments/${name}.md`, import.meta.url), 'utf8');
}
