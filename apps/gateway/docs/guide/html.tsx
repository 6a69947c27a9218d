import type { VNode } from 'preact';

/** HTML made from the pages of this folder: ours, so it is shown as it is. */
export function Html({
  html,
  as: Tag = 'div',
  ...rest
}: {
  html: string;
  as?: 'div' | 'span' | 'p';
  class?: string;
}): VNode {
  return <Tag {...rest} dangerouslySetInnerHTML={{ __html: html }} />;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
