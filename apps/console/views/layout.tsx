import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { OperatorSession } from '#libs/store';
import { assetUrl } from '../assets.ts';

export interface Layout {
  title: string;
  /** Path of the page in the navigation, which marks it as the current one. */
  path: string;
  session: OperatorSession;
  children: ComponentChildren;
}

const NAVIGATION = [
  ['/', 'Overview'],
  ['/messages', 'Messages'],
  ['/activations', 'Activations'],
  ['/partners', 'Partners'],
  ['/providers', 'Providers'],
  ['/invariants', 'Invariants'],
  ['/queues', 'Queues'],
] as const;

/** A whole page for somebody who is signed in. */
export function renderPage({ title, path, session, children }: Layout): string {
  return renderDocument(
    title,
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          smsx <span>console</span>
        </a>
        <nav aria-label="Pages">
          {NAVIGATION.map(([href, name]) => (
            <a key={href} href={href} aria-current={href === path ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <form method="post" action="/sign-out" class="who">
          <input type="hidden" name="csrf" value={session.csrfToken} />
          <span>
            {session.operator} <small>{session.role}</small>
          </span>
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      </header>
      <main id="content">
        <h1>{title}</h1>
        {children}
      </main>
    </>,
  );
}

export function renderDocument(title: string, body: VNode): string {
  return `<!doctype html>${renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · smsx console`}</title>
        <link rel="stylesheet" href={assetUrl('console.css')} />
        <link rel="icon" href="data:," />
        <script src={assetUrl('console.js')} defer />
      </head>
      <body>{body}</body>
    </html>,
  )}`;
}
