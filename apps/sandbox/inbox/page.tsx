import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { SandboxContext } from '../core/context.ts';
import { spendableMicros } from '../core/state.ts';
import { plainDollars } from '../smsbower/money-words.ts';
import { MessageTable } from './message-table.tsx';
import { RentalTable } from './rental-table.tsx';

export interface InboxView {
  /** How the reader reached this page, for the examples. */
  url: string;
  notice?: string;
}

/** The whole page; complete without JavaScript, which only keeps it fresh. */
export function renderInbox(ctx: SandboxContext, view: InboxView): string {
  return `<!doctype html>${renderToString(<Page ctx={ctx} view={view} />)}`;
}

function Page({ ctx, view }: { ctx: SandboxContext; view: InboxView }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Sandbox inbox</title>
        <link rel="stylesheet" href="/inbox.css" />
        <link rel="icon" href="data:," />
        <noscript>
          <meta http-equiv="refresh" content="10" />
        </noscript>
        <script src="/inbox.js" defer />
      </head>
      <body>
        <main id="inbox">
          <Header ctx={ctx} />
          {view.notice && (
            <p class="notice" role="alert">
              {view.notice}
            </p>
          )}
          <RentalTable ctx={ctx} />
          <MessageTable ctx={ctx} />
          <footer>
            <p>
              Nothing here leaves this machine: no SMS is sent, no number is real, no money moves. The control
              API for tests lives under <code>{view.url}/control</code>.
            </p>
          </footer>
        </main>
      </body>
    </html>
  );
}

function Header({ ctx }: { ctx: SandboxContext }): VNode {
  const { state, settings } = ctx;
  const auto = settings.autoCodeSeconds;
  return (
    <header>
      <h1>Sandbox inbox</h1>
      <p>
        Stand-ins for Twilio and SMSBower.{' '}
        {auto === null
          ? 'Codes arrive when you deliver them below.'
          : `A code arrives by itself about ${auto} s after a number is rented; you can also deliver one below.`}
      </p>
      <dl>
        <div>
          <dt>SMSBower balance</dt>
          <dd>${plainDollars(spendableMicros(state))}</dd>
        </div>
        <div>
          <dt>Reserved</dt>
          <dd>${plainDollars(state.reservedMicros)}</dd>
        </div>
        <div>
          <dt>Rentals</dt>
          <dd>{state.rentals.size}</dd>
        </div>
        <div>
          <dt>SMS sent</dt>
          <dd>{state.messages.size}</dd>
        </div>
      </dl>
    </header>
  );
}
