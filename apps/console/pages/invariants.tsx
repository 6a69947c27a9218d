import type { Database } from '#libs/platform';
import { checkInvariants, type InvariantResult } from '#libs/store';
import { Moment } from '../views/moment.tsx';
import { State } from '../views/state.tsx';
import { type Column, Table } from '../views/table.tsx';
import type { Page } from './page.ts';

const COLUMNS: Column<InvariantResult>[] = [
  { title: 'Rule', cell: (row) => <code>{row.id}</code> },
  { title: 'Result', cell: (row) => <State state={row.violations === 0 ? 'holds' : 'broken'} /> },
  { title: 'What must hold', cell: (row) => row.rule },
  { title: 'Rows that break it', right: true, cell: (row) => row.violations },
  { title: 'For example', cell: (row) => row.examples.join(', ') },
];

export const invariants: Page = {
  path: '/invariants',
  section: '/invariants',
  async show({ deps }) {
    const { at, results } = await lastAudit(deps.db);
    return {
      title: 'Invariants',
      body: (
        <>
          <p>
            The rules of money and state, checked over the whole database: <Moment at={at} />. A broken one is
            never repaired by itself; pollers check every minute and alarm.
          </p>
          <Table caption="Rules" columns={COLUMNS} rows={results} keyOf={(row) => row.id} empty="No rule." />
        </>
      ),
    };
  },
};

interface Audit {
  at: Date;
  results: InvariantResult[];
}

const KEEP_MS = 60_000;
const audits = new WeakMap<Database, Promise<Audit>>();

/** Reads the whole ledger: made once a minute at most, however many look. */
export async function lastAudit(db: Database): Promise<Audit> {
  const known = await audits.get(db)?.catch(() => null);
  if (known && Date.now() - known.at.getTime() < KEEP_MS) return known;
  const fresh = checkInvariants(db).then((results) => ({ at: new Date(), results }));
  audits.set(db, fresh);
  return fresh;
}
