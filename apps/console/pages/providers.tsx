import type { ProviderView } from '#libs/store';
import { viewProviders } from '#libs/store';
import { duration } from '../views/moment.tsx';
import { State } from '../views/state.tsx';
import { type Column, Table } from '../views/table.tsx';
import type { Page } from './page.ts';

export const PROVIDER_COLUMNS: Column<ProviderView>[] = [
  { title: 'Id', right: true, cell: (row) => row.id },
  { title: 'Name', cell: (row) => row.name },
  { title: 'Health', cell: (row) => <Health row={row} /> },
  {
    title: 'Balance',
    right: true,
    cell: (row) => (row.balance === null ? '–' : <span class="money">{row.balance} USD</span>),
  },
  {
    title: 'Balance of',
    right: true,
    cell: (row) => (row.balanceAgeSeconds === null ? 'never' : `${duration(row.balanceAgeSeconds)} ago`),
  },
  { title: 'Live rentals', right: true, cell: (row) => row.liveRentals },
];

export const providers: Page = {
  path: '/providers',
  section: '/providers',
  async show({ deps }) {
    const rows = await viewProviders(deps.db);
    const columns: Column<ProviderView>[] = [
      ...PROVIDER_COLUMNS,
      { title: 'Kind', cell: (row) => row.kind },
      { title: 'Address', cell: (row) => <code>{hostOf(row.apiUrl)}</code> },
      {
        title: 'Requests a second',
        right: true,
        cell: (row) => (row.requestsPerSecond === 0 ? 'no limit' : row.requestsPerSecond),
      },
    ];
    return {
      title: 'Providers',
      body: (
        <Table
          caption="Accounts at providers of rented numbers, as the background last saw them."
          columns={columns}
          rows={rows}
          keyOf={(row) => row.id}
          empty={<NoProvider />}
        />
      ),
    };
  },
};

export function NoProvider() {
  return (
    <>
      No provider of numbers yet. Add one: <code>npm run smsx -- provider add --help</code>
    </>
  );
}

function Health({ row }: { row: ProviderView }) {
  if (row.disabledAt) return <State state="disabled" />;
  if (row.refusal) return <Troubled state="refuses" words={row.refusal} />;
  if (row.failure) return <Troubled state="failed" words={row.failure} />;
  return <State state={row.balance === null ? 'not asked yet' : 'answers'} />;
}

function Troubled({ state, words }: { state: string; words: string }) {
  return (
    <>
      <State state={state} /> <small>{words}</small>
    </>
  );
}

/** The rest of the address may hold a key. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '?';
}
