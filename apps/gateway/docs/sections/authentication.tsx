import type { VNode } from 'preact';
import { KeyField } from '../key-field.tsx';
import { Example, Section } from '../parts.tsx';

export function Authentication({ baseUrl }: { baseUrl: string }): VNode {
  const url = `${baseUrl}/api/virtual-numbers.php?action=wallet`;
  return (
    <Section
      id="authentication"
      title="Authentication"
      examples={
        <>
          <Example
            title="As a bearer token"
            code={`curl -sS "${url}" \\\n  -H "Authorization: Bearer YOUR_API_KEY"`}
          />
          <Example
            title="As a header of its own"
            code={`curl -sS "${url}" \\\n  -H "X-API-Key: YOUR_API_KEY"`}
          />
        </>
      }
    >
      <p>
        Every request carries your API key, in either of two headers:{' '}
        <code>Authorization: Bearer &lt;your_key&gt;</code> or <code>X-API-Key: &lt;your_key&gt;</code>. If
        both are sent, the bearer token counts.
      </p>
      <p>
        The operator of this site issues the key. Keep it on your backend only: never in a public web page,
        never in a mobile app.
      </p>
      <p>
        Use HTTPS in production, and call from your server to ours, so that the key stays secret. Browsers are
        answered too (see <a href="#virtual-numbers">CORS</a>), but whoever can open the page can read the key
        in it.
      </p>
      <KeyField />
    </Section>
  );
}
