import { fileURLToPath } from 'node:url';

/**
 * The path of a file that the code reads beside itself, named from the root of the sources (`apps/gateway/docs/pages/…`).
 * In the sources this module lies two folders below their root, and so does `dist/apps/<name>/main.js`, into which a
 * build puts it; `import.meta.url` of any other module would be right in only one of the two.
 */
export function shippedFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
