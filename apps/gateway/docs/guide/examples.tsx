import type { Tokens } from 'marked';
import type { VNode } from 'preact';
import { Example } from '../parts.tsx';
import { type Fence, readFence, TABS, type Tab } from './fence.ts';

interface CodeExample {
  fence: Fence;
  code: string;
}

/** Examples in their order; neighbours in several languages become one, with a choice. */
export function Examples({ codes, name }: { codes: Tokens.Code[]; name: string }): VNode {
  return (
    <div class="examples">
      {groupsOf(codes).map((group, index) =>
        group[0]?.fence.tab ? (
          <Choice key={index} group={group} name={`${name}-${index}`} />
        ) : (
          group.map(({ fence, code }) => <Plain key={code} fence={fence} code={code} />)
        ),
      )}
    </div>
  );
}

/** Radio buttons: they need no script, and arrow keys work by themselves. Without styles all languages are shown. */
function Choice({ group, name }: { group: CodeExample[]; name: string }): VNode {
  return (
    <fieldset class="tabs">
      <legend>Language</legend>
      {group.map(({ fence: { tab } }, index) => (
        <label key={tab}>
          <input type="radio" name={name} value={tab ?? ''} checked={index === 0} autocomplete="off" />
          <span>{TABS[tab as Tab]}</span>
        </label>
      ))}
      {group.map(({ fence, code }) => (
        <div key={fence.tab} class={`tab ${fence.tab}`}>
          <Example title={fence.title ?? TABS[fence.tab as Tab]} code={code} />
        </div>
      ))}
    </fieldset>
  );
}

function Plain({ fence, code }: CodeExample): VNode {
  const { title, status, language } = fence;
  return (
    <Example
      title={title ?? (status === null ? language : 'Reply')}
      code={code}
      {...(status === null ? {} : { status })}
    />
  );
}

/** A language that comes a second time begins another group. */
function groupsOf(codes: Tokens.Code[]): CodeExample[][] {
  const groups: CodeExample[][] = [];
  for (const { lang = '', text } of codes) {
    const example = { fence: readFence(lang), code: text };
    const last = groups.at(-1);
    const { tab } = example.fence;
    const fits = tab !== null && last?.[0]?.fence.tab && !last.some(({ fence }) => fence.tab === tab);
    if (last && fits) last.push(example);
    else groups.push([example]);
  }
  return groups;
}
