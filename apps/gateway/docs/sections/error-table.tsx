import type { VNode } from 'preact';
import { ERRORS } from '#libs/domain';
import { Section, Table } from '../parts.tsx';

/** Made from the closed list itself, so that none can be missing. */
export function ErrorTable(): VNode {
  const rows = Object.entries(ERRORS)
    .sort(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, message, fix }]) => ({
      key: code,
      id: `error-${code}`,
      cells: [
        <span key="status">{status}</span>,
        <a key="code" href={`#error-${code}`}>
          <code>{code}</code>
        </a>,
        <span key="cause">{message}</span>,
        <span key="fix">{fix}</span>,
      ],
    }));
  return (
    <Section id="errors" title="Errors">
      <p>
        A 5xx or a broken connection is safe to repeat: a GET as it is, a POST with the same Idempotency-Key.
        Of the 4xx, repeat 429 after <code>Retry-After</code> and 409 <code>idempotency_in_flight</code>; the
        others need a change first.
      </p>
      <Table caption="Every code there is" columns={['HTTP', 'error', 'Cause', 'What to do']} rows={rows} />
      <p>
        Some carry more: <code>insufficient_funds</code> has <code>required</code> and <code>available</code>,{' '}
        <code>price_changed</code> has <code>current_price</code>, <code>code_already_received</code> has{' '}
        <code>otp</code>.
      </p>
    </Section>
  );
}
