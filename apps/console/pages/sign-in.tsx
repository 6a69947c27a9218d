import type { VNode } from 'preact';
import { renderDocument } from '../views/layout.tsx';

export interface SignInView {
  csrfToken: string;
  next: string;
  problem: string | null;
  hasOperators: boolean;
  /** Neither https nor this host: the password can be read on its way. */
  isPlainHttp: boolean;
  sessionHours: number;
}

export function renderSignIn(view: SignInView): string {
  return renderDocument(
    'Sign in',
    <main class="alone">
      <h1>
        smsx <span>console</span>
      </h1>
      {view.hasOperators ? <SignInForm view={view} /> : <FirstOperator />}
    </main>,
  );
}

function SignInForm({ view }: { view: SignInView }): VNode {
  return (
    <form method="post" action="/sign-in" class="stack">
      {view.problem && (
        <p class="notice" role="alert">
          {view.problem}
        </p>
      )}
      {view.isPlainHttp && (
        <p class="notice">
          This connection is not encrypted: others on the network can read the password. Use https.
        </p>
      )}
      <input type="hidden" name="csrf" value={view.csrfToken} />
      <input type="hidden" name="next" value={view.next} />
      <label>
        Name
        <input
          name="name"
          required
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          autofocus
        />
      </label>
      <label>
        Password
        <input name="password" type="password" required autocomplete="current-password" />
      </label>
      <button type="submit">Sign in</button>
      <p class="none">
        A session lasts {view.sessionHours} hours. A forgotten password is replaced with{' '}
        <code>npm run smsx -- operator create --name …</code>
      </p>
    </form>
  );
}

function FirstOperator(): VNode {
  return (
    <div class="stack">
      <p>There is no operator yet. Create the first one on the server:</p>
      <pre>
        <code>npm run smsx -- operator create --name alice --role admin</code>
      </pre>
      <p>It prints a password once. Then reload this page.</p>
    </div>
  );
}
