import { createHash } from 'node:crypto';
import { ICON, SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export interface Asset {
  path: string;
  /** With a mark of the content, so that it may be kept for a year. */
  href: string;
  type: string;
  text: string;
}

export const ASSETS = {
  style: asset('/assets/docs.css', 'text/css; charset=utf-8', STYLE),
  script: asset('/assets/docs.js', 'text/javascript; charset=utf-8', SCRIPT),
  icon: asset('/assets/icon.svg', 'image/svg+xml', ICON),
} satisfies Record<string, Asset>;

function asset(path: string, type: string, text: string): Asset {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { path, href: `${path}?v=${mark}`, type, text };
}
