import type { VNode } from 'preact';
import { ENDPOINTS } from '../../actions/index.ts';
import { smsSend } from '../../actions/sms-send.ts';
import { curlFor } from '../curl.ts';
import { InputTable } from '../field-table.tsx';
import { ErrorLink, Example, Json, Section, Table } from '../parts.tsx';

const OUTCOMES: { status: string; meaning: VNode }[] = [
  {
    status: '200',
    meaning: (
      <>
        <code>{'{"ok":true}'}</code> with the message’s <code>id</code>: accepted by the gateway
      </>
    ),
  },
  {
    status: '400',
    meaning: (
      <>
        The JSON, <code>to</code> or <code>message</code> is not valid: <ErrorLink code="invalid_json" />,{' '}
        <ErrorLink code="invalid_to" />, <ErrorLink code="invalid_message" />
      </>
    ),
  },
  { status: '401', meaning: <>The API key is missing or wrong</> },
  { status: '405', meaning: <>The method is not POST</> },
  {
    status: '501',
    meaning: (
      <>
        <ErrorLink code="outbound_sms_not_configured" />: the operator must set the Twilio variables on the
        server
      </>
    ),
  },
  {
    status: '502',
    meaning: (
      <>
        <ErrorLink code="provider_error" />: the provider refuses; its words are in <code>message</code>
      </>
    ),
  },
  { status: '503', meaning: <>The server has no API keys configured</> },
];

export function OutboundSms({ baseUrl }: { baseUrl: string }): VNode | null {
  const endpoint = ENDPOINTS.find(({ actions }) => actions.has('sms-send'));
  if (!endpoint) return null;
  const accepted = {
    ok: true,
    id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11',
    status: 'queued',
    segments: 1,
    encoding: 'gsm7',
  };
  return (
    <Section
      id="outbound-sms"
      title="1. Outbound SMS"
      examples={
        <>
          <Example
            title="Send a message"
            code={curlFor(baseUrl, endpoint, smsSend, { to: '+15551234567', message: 'Hello' })}
          />
          <Json title="Reply" value={accepted} status={200} />
          <Example
            title="What became of it"
            code={`curl -sS "${baseUrl}/v1/messages/${accepted.id}" \\\n  -H "Authorization: Bearer YOUR_API_KEY"`}
          />
        </>
      }
    >
      <p class="url">
        <span class="method">POST</span> <code>{baseUrl}/api/sms-send.php</code>
      </p>
      <p>
        Sends a text message to a handset through the operator’s outbound provider (Twilio, when configured).
        This is separate from renting virtual numbers for codes.
      </p>
      <InputTable caption="Body, JSON" fields={smsSend.input} />
      <Json title="Body" value={smsSend.inputExample} />
      <p>
        Accepted means kept: the message is sent once, or reported failed with a reason. Ask{' '}
        <code>GET /v1/messages/{'{id}'}</code> for <code>queued</code>, <code>sending</code>,{' '}
        <code>sent</code>, <code>delivered</code>, <code>undelivered</code>, <code>failed</code>,{' '}
        <code>canceled</code> or <code>unknown</code>. To wait for the provider’s verdict, add the header{' '}
        <code>Prefer: wait=10</code> (at most 20 seconds): the reply then carries the state reached, or is a
        502 when the provider refuses.
      </p>
      <Table
        caption="Responses"
        columns={['HTTP', 'Meaning']}
        rows={OUTCOMES.map(({ status, meaning }) => ({
          key: status,
          cells: [<span key="status">{status}</span>, meaning],
        }))}
      />
    </Section>
  );
}
