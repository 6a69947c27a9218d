import { ACTIVATION_EDGES, maskPhone } from '#libs/domain';
import { type ActivationView, viewActivations } from '#libs/store';
import { Filter, Older } from '../views/filter.tsx';
import { Moment } from '../views/moment.tsx';
import { Money } from '../views/money.tsx';
import { State } from '../views/state.tsx';
import { type Column, Table } from '../views/table.tsx';
import { oneOf, type Page, ROWS_PER_PAGE } from './page.ts';

const STATES = Object.keys(ACTIVATION_EDGES);

const COLUMNS: Column<ActivationView>[] = [
  {
    title: 'Id',
    right: true,
    cell: (row) => <a href={`/activations/${row.id}`}>{row.id}</a>,
  },
  { title: 'Rented', cell: (row) => <Moment at={row.createdAt} /> },
  { title: 'State', cell: (row) => <State state={row.state} test={row.test} /> },
  { title: 'Reason', cell: (row) => row.reason?.replaceAll('_', ' ') ?? '' },
  { title: 'Number', cell: (row) => <span class="digits">{row.phone ? maskPhone(row.phone) : '–'}</span> },
  { title: 'Service', cell: (row) => <code>{row.service}</code> },
  { title: 'Country', right: true, cell: (row) => row.country },
  { title: 'Codes', right: true, cell: (row) => row.codes },
  { title: 'Partner', cell: (row) => `${row.userId}, ${row.userName}` },
  { title: 'Price', right: true, cell: (row) => <Money micros={row.priceMicros} /> },
];

export const activations: Page = {
  path: '/activations',
  section: '/activations',
  async show({ deps, query }) {
    if (typeof query.id === 'string' && query.id.trim() !== '')
      return `/activations/${encodeURIComponent(query.id.trim().slice(0, 20))}`;
    const state = oneOf(query.state, STATES);
    const before =
      typeof query.before === 'string' && /^\d{1,9}$/.test(query.before) ? Number(query.before) : null;
    const rows = await viewActivations(deps.db, { state, before, limit: ROWS_PER_PAGE });
    const last = rows.length === ROWS_PER_PAGE ? String(rows.at(-1)?.id) : null;
    return {
      title: 'Activations',
      body: (
        <>
          <Filter path="/activations" states={STATES} state={state} idHint="activation id" />
          <Table
            caption={`The latest ${ROWS_PER_PAGE} rented numbers; codes are never shown.`}
            columns={COLUMNS}
            rows={rows}
            keyOf={(row) => row.id}
            empty={
              <>
                No rental {state ? `is ${state.replaceAll('_', ' ')}` : 'yet'}. Partners rent with{' '}
                <code>action=rent_number</code>.
              </>
            }
          />
          <Older path="/activations" state={state} before={last} />
        </>
      ),
    };
  },
};
