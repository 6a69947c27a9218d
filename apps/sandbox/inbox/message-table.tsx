import type { VNode } from 'preact';
import type { SandboxContext } from '../core/context.ts';
import type { SandboxMessage } from '../core/state.ts';
import { Moment } from './moment.tsx';

const SHOWN = 50;

export function MessageTable({ ctx: { state } }: { ctx: SandboxContext }): VNode {
  const newest = [...state.messages.values()].slice(-SHOWN).reverse();
  return (
    <section aria-labelledby="messages">
      <h2 id="messages">Sent SMS</h2>
      {newest.length === 0 ? <Empty /> : <Rows messages={newest} />}
      {state.messages.size > SHOWN && (
        <p class="more">
          The newest {SHOWN} of {state.messages.size}.
        </p>
      )}
    </section>
  );
}

function Empty(): VNode {
  return (
    <p class="empty">
      No SMS yet. Send one with <code>POST /api/sms-send.php</code> at the gateway; it appears here at once.
    </p>
  );
}

function Rows({ messages }: { messages: SandboxMessage[] }): VNode {
  return (
    <table>
      <caption>Messages that Twilio would have sent, newest first</caption>
      <thead>
        <tr>
          <th scope="col">To</th>
          <th scope="col">Text</th>
          <th scope="col">Status</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => (
          <tr key={message.sid}>
            <td data-label="To" class="number">
              {message.to}
            </td>
            <td data-label="Text" class="text">
              {message.body}
            </td>
            <td data-label="Status">
              <span class={`state ${message.status}`}>{message.status}</span>
              {message.errorCode !== null && <small>error {message.errorCode}</small>}
            </td>
            <td data-label="Time">
              <Moment atMs={message.createdAtMs} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
