import type { VNode } from 'preact';

/** Choose a state, or look a row up by its id; works without a script. */
export function Filter(props: {
  path: string;
  states: string[];
  state: string | null;
  idHint: string;
}): VNode {
  const { path, states, state, idHint } = props;
  return (
    <form class="filter" action={path} method="get">
      <label>
        State
        <select name="state">
          <option value="">all</option>
          {states.map((name) => (
            <option key={name} value={name} selected={name === state}>
              {name.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </label>
      <label>
        Id
        <input name="id" placeholder={idHint} autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit">Show</button>
    </form>
  );
}

/** The link to the rows before the last one shown. */
export function Older({
  path,
  state,
  before,
}: {
  path: string;
  state: string | null;
  before: string | null;
}) {
  if (before === null) return null;
  const query = new URLSearchParams({ ...(state === null ? {} : { state }), before });
  return (
    <p>
      <a href={`${path}?${query}`}>Older</a>
    </p>
  );
}
