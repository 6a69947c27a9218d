import type { VNode } from 'preact';

/** The reader's own key for the examples. Shown by the script, which alone can use it. */
export function KeyField(): VNode {
  return (
    <form class="key" hidden>
      <label for="key">Your key, for the examples</label>
      <input id="key" type="password" autocomplete="off" spellcheck={false} placeholder="YOUR_API_KEY" />
      <small>It stays in this browser tab and is never sent.</small>
    </form>
  );
}
