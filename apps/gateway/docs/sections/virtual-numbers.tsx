import type { VNode } from 'preact';
import { type Action, ENDPOINTS } from '../../actions/index.ts';
import { Example, Json, Section, Table } from '../parts.tsx';

const READING: Record<string, VNode> = {
  balance: (
    <>
      The operator’s balance at the number provider: <code>smsbower_balance</code>, and the row it belongs to,{' '}
      <code>api_id</code>
    </>
  ),
  wallet: (
    <>
      Your wallet on this platform: <code>balance</code>, <code>held</code>, <code>available</code>. The
      server needs <code>PARTNER_VIRTUAL_USER_ID</code>
    </>
  ),
  countries: (
    <>
      The countries, as a list under <code>countries</code>
    </>
  ),
  services: (
    <>
      The services, as a list under <code>services</code>
    </>
  ),
  prices: (
    <>
      Optional <code>&amp;service=CODE&amp;country=ID</code>. Returns <code>prices</code> and{' '}
      <code>upstream_action</code>
    </>
  ),
  status: (
    <>
      With <code>&amp;id=&lt;activation_id&gt;</code>. Says <code>waiting</code>, <code>received</code> (with{' '}
      <code>otp</code>) or <code>cancelled</code>; it may say <code>unknown</code>, with the provider’s last
      words, cut short, in <code>raw</code>
    </>
  ),
  statuses: (
    <>
      With <code>&amp;ids=1,2,3</code>: up to 100 rentals at once
    </>
  ),
};

const WRITING: Record<string, VNode> = {
  rent_number: (
    <>
      <code>{'{"service":"SERVICE_CODE","country":22}'}</code>, and <code>"api_id":123</code> to pick one
      SMSBower row. Returns <code>activation_id</code> and <code>phone</code>
    </>
  ),
  cancel: (
    <>
      <code>{'{"id":"ACTIVATION_ID"}'}</code>: give the number back without a code
    </>
  ),
  resend: (
    <>
      <code>{'{"id":"ACTIVATION_ID"}'}</code>: wait for another code on the same number
    </>
  ),
  finish: (
    <>
      <code>{'{"id":"ACTIVATION_ID"}'}</code>: end a rental that has its code
    </>
  ),
};

export function VirtualNumbers({ baseUrl }: { baseUrl: string }): VNode {
  const actions = ENDPOINTS.filter(({ chosenByQuery }) => chosenByQuery).flatMap((endpoint) => [
    ...endpoint.actions.values(),
  ]);
  return (
    <Section
      id="virtual-numbers"
      title="2. Virtual numbers"
      examples={
        <>
          <Example
            title="Your wallet"
            code={`curl -sS "${baseUrl}/api/virtual-numbers.php?action=wallet" \\\n  -H "X-API-Key: YOUR_API_KEY"`}
          />
          <Json
            title="Reply"
            status={200}
            value={{
              ok: true,
              user_id: 1,
              currency: 'USD',
              balance: '100.00',
              held: '0.30',
              available: '99.70',
            }}
          />
          <Json
            title="Reply, when no wallet user is configured"
            status={503}
            value={{
              ok: false,
              error: 'partner_user_not_configured',
              message: 'No wallet user is configured for this API key.',
              request_id: '3c5e…',
            }}
          />
        </>
      }
    >
      <p class="url">
        <code>{baseUrl}/api/virtual-numbers.php?action=…</code>
      </p>
      <p>
        Rent a temporary number, poll for the code that arrives on it, or cancel. Catalogue and wallet rules
        are those of the website. CORS is enabled, so that browsers pass their preflight; still prefer calls
        from your server.
      </p>
      <ActionTable caption="Read-only: GET" actions={actions} method="GET" words={READING} />
      <ActionTable caption="Write: POST with a JSON body" actions={actions} method="POST" words={WRITING} />
      <div class="note">
        <p>
          Renting, polling and cancelling need the server variable <code>PARTNER_VIRTUAL_USER_ID</code>, a
          wallet user on this site, or a key that is bound to a user. Without it you get{' '}
          <code>partner_user_not_configured</code> (HTTP 503). <code>PARTNER_VIRTUAL_API_ID</code>, optional,
          selects the SMSBower provider row used by default.
        </p>
      </div>
    </Section>
  );
}

function ActionTable(props: {
  caption: string;
  actions: Action[];
  method: string;
  words: Record<string, VNode>;
}): VNode {
  const rows = props.actions
    .filter(({ method }) => method === props.method)
    .map((action) => ({
      key: action.name,
      cells: [
        <a key="name" href={`/docs#${action.name}`}>
          <code>{action.name}</code>
        </a>,
        <span key="words">{props.words[action.name] ?? action.summary}</span>,
      ],
    }));
  return (
    <Table
      caption={props.caption}
      columns={['action', props.method === 'GET' ? 'Description' : 'Body']}
      rows={rows}
    />
  );
}
