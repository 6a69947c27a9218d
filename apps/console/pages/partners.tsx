import { listUsers, type UserWithWallet } from '#libs/store';
import { Moment } from '../views/moment.tsx';
import { Money } from '../views/money.tsx';
import { type Column, Table } from '../views/table.tsx';
import type { Page } from './page.ts';

const COLUMNS: Column<UserWithWallet>[] = [
  { title: 'Id', right: true, cell: (row) => row.id },
  { title: 'Name', cell: (row) => row.name },
  { title: 'Since', cell: (row) => <Moment at={row.createdAt} /> },
  { title: 'Balance', right: true, cell: (row) => <Money micros={row.balanceMicros} /> },
  { title: 'Held', right: true, cell: (row) => <Money micros={row.heldMicros} /> },
  {
    title: 'Available',
    right: true,
    cell: (row) => <Money micros={row.balanceMicros - row.heldMicros} />,
  },
];

export const partners: Page = {
  path: '/partners',
  section: '/partners',
  async show({ deps }) {
    return {
      title: 'Partners',
      body: (
        <>
          <Table
            caption="Wallets: balance is all that is owned, held what open rentals may cost."
            columns={COLUMNS}
            rows={await listUsers(deps.db)}
            keyOf={(row) => row.id}
            empty={
              <>
                No partner yet. Create one: <code>npm run smsx -- user create --name "Example Ltd"</code>
              </>
            }
          />
          <p class="none">
            Money is moved on the command line, so that each movement has a reason and a reference:{' '}
            <code>npm run smsx -- wallet credit --help</code>
          </p>
        </>
      ),
    };
  },
};
