import type { VNode } from 'preact';
import { Section } from '../parts.tsx';

export function Support(): VNode {
  return (
    <Section id="support" title="Support">
      <p>
        Operators: the virtual-number actions also need <code>PARTNER_VIRTUAL_USER_ID</code> (a wallet user)
        on the server; outbound SMS needs the Twilio variables.
      </p>
      <p>
        Billing and quotas are between you and your users: this page describes the HTTP API only. The{' '}
        <a href="/docs/quickstart">guide</a> shows how to do things, in five languages. Every field and reply
        is in the <a href="/docs">reference</a>, and for your tools as <a href="/openapi.json">OpenAPI 3.1</a>
        , as a <a href="/postman.json">Postman collection</a> and as <a href="/llms.txt">llms.txt</a>.
      </p>
    </Section>
  );
}
