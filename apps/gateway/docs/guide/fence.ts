/** What stands behind the three backticks: `sh tab=curl run=send title="Send" status=200`. */
export interface Fence {
  language: string;
  /** Neighbours with a tab are alternatives: the reader chooses one. */
  tab: Tab | null;
  title: string | null;
  /** HTTP status, for the reply to an example. */
  status: number | null;
  /** The name of an example that the tests run. */
  run: string | null;
}

/** The languages that examples come in, in the order they are offered. */
export const TABS = { curl: 'curl', php: 'PHP', node: 'Node', python: 'Python', go: 'Go' } as const;

export type Tab = keyof typeof TABS;

export function readFence(info: string): Fence {
  const [language = ''] = /^\S*/.exec(info) ?? [];
  const marks = new Map(
    [...info.matchAll(/\s([a-z]+)=(?:"([^"]*)"|(\S+))/g)].map(([, name = '', quoted, bare]) => [
      name,
      quoted ?? bare ?? '',
    ]),
  );
  const tab = marks.get('tab') ?? null;
  const status = marks.get('status');
  return {
    language,
    tab: tab === null ? null : knownTab(tab),
    title: marks.get('title') ?? null,
    status: status === undefined ? null : Number(status),
    run: marks.get('run') ?? null,
  };
}

function knownTab(name: string): Tab {
  if (name in TABS) return name as Tab;
  throw new Error(`${name} is no tab; there are ${Object.keys(TABS).join(', ')}`);
}
