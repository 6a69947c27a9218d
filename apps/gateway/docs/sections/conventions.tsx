import type { VNode } from 'preact';
import { Example, Json, Section } from '../parts.tsx';

export function Conventions({ baseUrl }: { baseUrl: string }): VNode {
  return (
    <Section
      id="conventions"
      title="Conventions"
      examples={
        <>
          <Example
            title="A request that may be repeated"
            code={
              `curl -sS -X POST "${baseUrl}/api/sms-send.php" \\\n  -H "Content-Type: application/json" \\\n` +
              `  -H "Authorization: Bearer YOUR_API_KEY" \\\n  -H "Idempotency-Key: order-1009" \\\n` +
              `  -d '{"to":"+15551234567","message":"Hello"}'`
            }
          />
          <Json
            title="Every error"
            status={400}
            value={{
              ok: false,
              error: 'invalid_country',
              message: 'country is missing. Take the id, a whole number, from action=countries.',
              request_id: '3c5e…',
            }}
          />
        </>
      }
    >
      <h3>Replies</h3>
      <p>
        Every reply has <code>ok</code>; an error also has <code>error</code>, a code of the table below,{' '}
        <code>message</code>, a sentence, and <code>request_id</code>. More fields may be added at any time:
        ignore those you do not know. Money is a decimal text in US dollars, times are RFC 3339 in UTC,
        numbers are E.164.
      </p>
      <h3>Repeating safely</h3>
      <p>
        <code>Idempotency-Key</code>, 1 to 255 characters of your choice, works on every POST for 24 hours.
        The same key with the same body gives the first reply again, byte for byte, with{' '}
        <code>Idempotent-Replayed: true</code>; with another body it is 422, and 409 while the first request
        is still running.
      </p>
      <h3>Rate limit</h3>
      <p>
        Per key and second. <code>RateLimit-Limit</code>, <code>RateLimit-Remaining</code> and{' '}
        <code>RateLimit-Reset</code> tell where you stand; above the limit the reply is 429 with{' '}
        <code>Retry-After</code> in seconds.
      </p>
      <h3>Request ids</h3>
      <p>
        Every reply has <code>X-Request-Id</code>. Send your own (letters, digits, <code>. _ -</code>) and it
        is kept. Tell the operator this id when something goes wrong.
      </p>
      <h3>Bodies</h3>
      <p>A body is read as JSON whatever its Content-Type says, and may have 32 KiB.</p>
    </Section>
  );
}
