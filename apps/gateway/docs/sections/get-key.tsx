import type { VNode } from 'preact';
import { Example, Section } from '../parts.tsx';

export function GetKey(): VNode {
  return (
    <Section
      id="get-a-key"
      title="Get an API key"
      examples={
        <>
          <Example
            title="Operator: create a key for wallet user 1"
            code={'npm run smsx -- key create --user 1 --name "Example partner"'}
          />
          <Example title="Operator: make a random secret" code="openssl rand -hex 32" />
        </>
      }
    >
      <h3>You integrate as a developer</h3>
      <p>
        There is no sign-up screen for keys yet. You receive yours from the site operator (the business
        owner), usually once wallet and agreement are settled: by support e-mail, ticket or a message in the
        dashboard. Treat it like a password.
      </p>
      <h3>You run this site</h3>
      <p>
        Create the keys on the server and give each partner a secret of their own. The command shows the
        secret once. Keys can also come from the environment: <code>PARTNER_API_KEYS</code> lists them as{' '}
        <code>name:secret</code>, separated by commas. For the secret take any random string of about 32
        characters or more, from OpenSSL or a password manager.
      </p>
    </Section>
  );
}
