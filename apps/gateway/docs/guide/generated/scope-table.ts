import { SCOPES, type Scope } from '#libs/services';
import { ENDPOINTS } from '../../../actions/index.ts';
import { markdownTable } from './markdown-table.ts';

/** A scope that is not here is explained by its actions alone. */
const MEANING: Partial<Record<Scope, string>> = {
  send: 'send messages',
  rent: 'rent numbers, and end or prolong rentals',
  read: 'read messages, rentals, catalogue and prices',
  wallet: 'see the wallet',
  webhooks: 'manage webhook endpoints',
};

/** What a key may do, from the scope that each action asks for. */
export function scopeTable(): string {
  const actions = ENDPOINTS.flatMap((endpoint) => [...endpoint.actions.values()]);
  return markdownTable(
    'Scopes',
    ['Scope', 'It may', 'Actions'],
    SCOPES.map((scope) => [
      `\`${scope}\``,
      MEANING[scope] ?? '',
      actions
        .filter((action) => action.scope === scope)
        .map(({ name }) => `[\`${name}\`](/docs#${name})`)
        .join(', '),
    ]),
  );
}
