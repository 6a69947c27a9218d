import type { VNode } from 'preact';
import { Example, Json, Section } from '../parts.tsx';

/** Catalogue, rent, poll: the whole way, each request with its reply. */
export function RentalWalk({ baseUrl }: { baseUrl: string }): VNode {
  const url = `${baseUrl}/api/virtual-numbers.php`;
  const key = '-H "X-API-Key: YOUR_API_KEY"';
  const post = `-H "Content-Type: application/json" \\\n  ${key}`;
  return (
    <>
      <Section
        id="rental"
        title="Catalogue, rent, poll"
        examples={
          <>
            <Example title="Countries" code={`curl -sS "${url}?action=countries" \\\n  ${key}`} />
            <Json
              title="Reply"
              status={200}
              value={{ ok: true, countries: [{ id: 22, name: 'India' }], api_id: 1 }}
            />
          </>
        }
      >
        <p>
          <code>countries</code> and <code>services</code> give the two codes that a rental needs,{' '}
          <code>prices</code> what it costs now: the best offer, with the stock there is at that price.
          Country <code>0</code> is a country.
        </p>
      </Section>
      <Section
        id="rent"
        level={3}
        title="Rent a number"
        examples={
          <>
            <Example
              title="Rent"
              code={`curl -sS -X POST "${url}?action=rent_number" \\\n  ${post} \\\n  -H "Idempotency-Key: signup-77" \\\n  -d '{"service":"tg","country":22}'`}
            />
            <Json
              title="Reply"
              status={200}
              value={{
                ok: true,
                activation_id: '12',
                phone: '+919876543210',
                price: '0.30',
                expires_at: '2030-01-31T09:20:00.000Z',
                earliest_cancel_at: '2030-01-31T09:02:00.000Z',
                api_id: 1,
              }}
            />
          </>
        }
      >
        <p>
          The price is set aside in your wallet, paid when the first code arrives, and given back when none
          does. You never pay more than the quoted price, nor twice. <code>"max_price":"0.50"</code> refuses
          anything dearer.
        </p>
        <p>
          When the provider takes longer than 25 seconds, or its answer is lost, the reply is 202 with{' '}
          <code>pending: true</code>. Do not rent again: <code>status</code> tells the rest.
        </p>
      </Section>
      <Section
        id="poll"
        level={3}
        title="Poll for the code"
        examples={
          <>
            <Example title="Poll" code={`curl -sS "${url}?action=status&id=ACTIVATION_ID" \\\n  ${key}`} />
            <Json
              title="Reply, once the code is there"
              status={200}
              value={{
                ok: true,
                activation_id: '12',
                status: 'received',
                phone: '+919876543210',
                otp: '482913',
              }}
            />
          </>
        }
      >
        <p>
          Repeat until <code>status</code> is <code>received</code> or <code>cancelled</code>. A poll costs
          the provider nothing; every few seconds is a good pace. <code>unknown</code> passes by itself: it
          means that the provider’s answers cannot be used at present, and no money moves.
        </p>
      </Section>
      <Section
        id="cancel"
        level={3}
        title="Cancel"
        examples={
          <>
            <Example
              title="Cancel"
              code={`curl -sS -X POST "${url}?action=cancel" \\\n  ${post} \\\n  -d '{"id":"ACTIVATION_ID"}'`}
            />
            <Json title="Reply" status={200} value={{ ok: true, activation_id: '12', status: 'cancelled' }} />
          </>
        }
      >
        <p>
          The money returns once the provider confirms. In the first two minutes it may not allow that yet:
          the reply is then 202 with <code>cancel_requested: true</code>, and we ask again at{' '}
          <code>earliest_cancel_at</code>, unless a code arrives first. A code that has arrived is paid: 409{' '}
          <code>code_already_received</code> carries it in <code>otp</code>.
        </p>
      </Section>
    </>
  );
}
