import { MESSAGE_EDGES, maskPhone } from '#libs/domain';
import { type MessageView, viewMessages } from '#libs/store';
import { Filter, Older } from '../views/filter.tsx';
import { Moment } from '../views/moment.tsx';
import { State } from '../views/state.tsx';
import { type Column, Table } from '../views/table.tsx';
import { oneOf, type Page, ROWS_PER_PAGE } from './page.ts';

const STATES = Object.keys(MESSAGE_EDGES);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const COLUMNS: Column<MessageView>[] = [
  { title: 'Accepted', cell: (row) => <Moment at={row.createdAt} /> },
  { title: 'State', cell: (row) => <State state={row.state} test={row.test} /> },
  { title: 'To', cell: (row) => <span class="digits">{maskPhone(row.to)}</span> },
  { title: 'Partner', cell: (row) => ownerName(row.owner) },
  { title: 'Segments', right: true, cell: (row) => row.segments },
  { title: 'Reason', cell: (row) => row.error ?? '' },
  {
    title: 'Id',
    cell: (row) => (
      <a href={`/messages/${row.id}`}>
        <code>{row.id.slice(0, 8)}…</code>
      </a>
    ),
  },
];

export const messages: Page = {
  path: '/messages',
  section: '/messages',
  async show({ deps, query }) {
    if (typeof query.id === 'string' && query.id.trim() !== '')
      return `/messages/${encodeURIComponent(query.id.trim().slice(0, 64))}`;
    const state = oneOf(query.state, STATES);
    const before = typeof query.before === 'string' && UUID.test(query.before) ? query.before : null;
    const rows = await viewMessages(deps.db, { state, before, limit: ROWS_PER_PAGE });
    const last = rows.length === ROWS_PER_PAGE ? (rows.at(-1)?.id ?? null) : null;
    return {
      title: 'Messages',
      body: (
        <>
          <Filter path="/messages" states={STATES} state={state} idHint="id of a message" />
          <Table
            caption={`The latest ${ROWS_PER_PAGE} outbound messages; numbers are shortened, texts are never shown.`}
            columns={COLUMNS}
            rows={rows}
            keyOf={(row) => row.id}
            empty={
              <>
                No message {state ? `is ${state.replaceAll('_', ' ')}` : 'yet'}. Partners send them with{' '}
                <code>POST /api/sms-send.php</code>.
              </>
            }
          />
          <Older path="/messages" state={state} before={last} />
        </>
      ),
    };
  },
};

/** `u:1` is a wallet user, `k:…` a key that belongs to none. */
export function ownerName(owner: string): string {
  const [kind, ...id] = owner.split(':');
  return `${kind === 'u' ? 'user' : 'key'} ${id.join(':')}`;
}
