import { readFileSync } from 'node:fs';
import { shippedFile } from '#libs/platform';

/** Markdown that several pages show. */
export function fragment(name: string): string {
  return readFileSync(shippedFile(`apps/gateway/docs/pages/fragments/${name}.md`), 'utf8');
}
