import { V1_ENDPOINTS } from '../../../v1/index.ts';
import { markdownTable } from './markdown-table.ts';

/** Every request of /v1, what it is for, and the scope that a key needs for it. */
export function v1Routes(): string {
  const rows = V1_ENDPOINTS.flatMap(({ path, actions }) =>
    [...actions.values()].map(({ method, name, summary, scope }) => [
      `[\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\`](/docs#${name})`,
      summary,
      scope === null ? 'any' : `\`${scope}\``,
    ]),
  );
  return markdownTable('Requests', ['Request', 'For', 'Scope'], rows);
}
