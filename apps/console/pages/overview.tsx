import type { ComponentChildren, VNode } from 'preact';
import { type Alarm, alarmsOfBacklog, alarmsOfBooks, alarmsOfInvariants } from '#libs/services';
import { type Overview, readProviderBooks, type StateCount, viewOverview, viewProviders } from '#libs/store';
import { type QueueCount, queueCounts } from '../queue-counts.ts';
import { Facts } from '../views/facts.tsx';
import { duration } from '../views/moment.tsx';
import { Money } from '../views/money.tsx';
import { State } from '../views/state.tsx';
import { type Column, Table } from '../views/table.tsx';
import { lastAudit } from './invariants.tsx';
import type { Page } from './page.ts';
import { NoProvider, PROVIDER_COLUMNS } from './providers.tsx';

const QUEUE_COLUMNS: Column<QueueCount>[] = [
  { title: 'Queue', cell: (row) => <a href={`/queues/queue/${row.name}`}>{row.name}</a> },
  { title: 'Waiting', right: true, cell: (row) => row.waiting },
  { title: 'Running', right: true, cell: (row) => row.active },
  { title: 'Delayed', right: true, cell: (row) => row.delayed },
  { title: 'Failed', right: true, cell: (row) => row.failed },
];

const ALARM_COLUMNS: Column<Alarm>[] = [
  { title: 'Alarm', cell: (row) => <State state={row.name} /> },
  { title: 'What was seen', cell: (row) => row.what },
  { title: 'What to do', cell: (row) => row.hint },
];

export const overview: Page = {
  path: '/',
  section: '/',
  async show({ deps }) {
    const [seen, providers, queues, audit, books] = await Promise.all([
      viewOverview(deps.db),
      viewProviders(deps.db),
      queueCounts(deps),
      lastAudit(deps.db),
      readProviderBooks(deps.db),
    ]);
    const alarms = [
      ...alarmsOfInvariants(audit.results),
      ...alarmsOfBooks(books),
      ...alarmsOfBacklog(deps.config, seen.waiting),
    ];
    const broken = audit.results.filter((result) => result.violations > 0).length;
    return {
      title: 'Overview',
      body: (
        <>
          <Facts entries={headlines(seen, broken, alarms.length)} />
          {alarms.length > 0 && (
            <Section title="Alarms">
              <Table
                caption="What should not be at this moment."
                columns={ALARM_COLUMNS}
                rows={alarms}
                keyOf={(row) => row.what}
                empty="No alarm."
              />
            </Section>
          )}
          <div class="columns">
            <States title="Messages" path="/messages" counts={seen.messages} />
            <States title="Rented numbers" path="/activations" counts={seen.activations} />
          </div>
          <Section title="Providers">
            <Table
              caption="Balances as the background last read them."
              columns={PROVIDER_COLUMNS}
              rows={providers}
              keyOf={(row) => row.id}
              empty={<NoProvider />}
            />
          </Section>
          <Section title="Queues">
            <Table
              caption="Jobs of all workers at this moment."
              columns={QUEUE_COLUMNS}
              rows={queues}
              keyOf={(row) => row.name}
              narrow
              empty="Redis does not answer: accepted work waits in PostgreSQL and goes on when it is back."
            />
          </Section>
        </>
      ),
    };
  },
};

function headlines(seen: Overview, broken: number, alarms: number): [string, ComponentChildren][] {
  const waiting = (kind: string) => seen.waiting.find((line) => line.kind === kind);
  const countOf = (kind: string) => waiting(kind)?.count ?? 0;
  const due = ['message_due', 'purchase_due', 'command_due', 'webhook_due'].map(
    (kind) => waiting(kind)?.oldestSeconds ?? 0,
  );
  const oldest = Math.max(...due);
  return [
    ['Live rentals', countOf('rental_live')],
    ['Unknown messages', countOf('message_unknown')],
    ['Unknown purchases', countOf('purchase_unknown')],
    ['Oldest due row', oldest > 0 ? duration(oldest) : 'none'],
    ['Wallets', <Money key="wallets" micros={seen.wallets.balanceMicros} />],
    ['Held', <Money key="held" micros={seen.wallets.heldMicros} />],
    ['Alarms', alarms === 0 ? 'none' : alarms],
    [
      'Invariants',
      <a key="invariants" href="/invariants">
        {broken === 0 ? <State state="all hold" /> : <State state="broken" />}
      </a>,
    ],
  ];
}

function States({ title, path, counts }: { title: string; path: string; counts: StateCount[] }): VNode {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const largest = Math.max(1, ...counts.map(({ count }) => count));
  return (
    <Section title={`${title}, last 24 hours`}>
      {total === 0 ? (
        <p class="empty">None in the last 24 hours.</p>
      ) : (
        <ul class="bars">
          {[...counts]
            .sort((a, b) => b.count - a.count)
            .map(({ state, count }) => (
              <li key={state}>
                <a href={`${path}?state=${state}`}>
                  <State state={state} />
                </a>
                <meter min={0} max={largest} value={count} aria-hidden="true" />
                <span class="digits">{count}</span>
              </li>
            ))}
        </ul>
      )}
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
