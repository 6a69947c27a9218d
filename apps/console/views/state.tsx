import type { VNode } from 'preact';

const GOOD = new Set(['sent', 'delivered', 'received', 'finished', 'answers', 'holds', 'all hold']);
const BAD = new Set(['failed', 'undelivered', 'refused', 'broken', 'refuses', 'invariant_broken']);
const WAITING = new Set([
  'unknown',
  'purchase_unknown',
  'ready',
  'calling',
  'pending',
  'buying',
  'active',
  'outbox_late',
  'message_unknown',
  'rental_denied',
  'suspense_open',
  'provider_balance',
]);

/** A state as a word with a colour of its own; the word alone says it too. `test`: of a test key. */
export function State({ state, test = false }: { state: string; test?: boolean }): VNode {
  const tone = GOOD.has(state) ? 'good' : BAD.has(state) ? 'bad' : WAITING.has(state) ? 'wait' : 'plain';
  return (
    <>
      <span class={`state ${tone}`}>{state.replaceAll('_', ' ')}</span>
      {test ? (
        <>
          {' '}
          <span class="state test">test</span>
        </>
      ) : null}
    </>
  );
}
