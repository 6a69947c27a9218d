import type { ComponentChildren, VNode } from 'preact';
import { ASSETS } from './assets.ts';

export interface LayoutProps {
  title: string;
  lead: ComponentChildren;
  contents: { id: string; text: string }[];
  /** The link of the header that this page belongs to. */
  here: '/' | '/docs' | '/docs/quickstart';
  /** The same page as Markdown. */
  markdown?: string;
  /** Beside the page, where there is room. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of every page: complete without JavaScript, which only adds copy buttons and the reader's key. */
export function Layout({ title, lead, contents, here, markdown, aside, children }: LayoutProps): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="stylesheet" href={ASSETS.style.href} />
        <link rel="icon" type="image/svg+xml" href={ASSETS.icon.href} />
        {markdown && <link rel="alternate" type="text/markdown" href={markdown} />}
        <script src={ASSETS.script.href} defer />
      </head>
      <body>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <SiteHeader here={here} />
        <div class={aside ? 'frame with-aside' : 'frame'}>
          {aside}
          <main id="content">
            <div class="intro">
              <h1>{title}</h1>
              <p class="lead">{lead}</p>
            </div>
            {contents.length > 1 && <OnThisPage contents={contents} />}
            {children}
          </main>
        </div>
      </body>
    </html>
  );
}

function OnThisPage({ contents }: Pick<LayoutProps, 'contents'>): VNode {
  return (
    <nav class="contents" aria-label="On this page">
      <ul>
        {contents.map(({ id, text }) => (
          <li key={id}>
            <a href={`#${id}`}>{text}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SiteHeader({ here }: { here: string }): VNode {
  const links = [
    { href: '/', text: 'Overview' },
    { href: '/docs/quickstart', text: 'Guide' },
    { href: '/docs', text: 'Reference' },
    { href: '/openapi.json', text: 'OpenAPI' },
  ];
  return (
    <header class="site">
      <div>
        <a class="brand" href="/">
          smsx
        </a>
        <nav aria-label="Documentation">
          {links.map(({ href, text }) => (
            <a key={href} href={href} {...(href === here ? { 'aria-current': 'page' as const } : {})}>
              {text}
            </a>
          ))}
        </nav>
      </div>
    </header>
  );
}
