import { maskPhone } from '#libs/domain';
import { type MessageEvent, type MessageView, viewMessage, viewMessageEvents } from '#libs/store';
import { Facts } from '../views/facts.tsx';
import { withoutNumbers } from '../views/masked.ts';
import { Moment } from '../views/moment.tsx';
import { State } from '../views/state.tsx';
import { type Happening, happened, Timeline } from '../views/timeline.tsx';
import { ownerName } from './messages.tsx';
import type { Page } from './page.ts';

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export const message: Page = {
  path: '/messages/:id',
  section: '/messages',
  async show({ deps, params }) {
    const id = params.id ?? '';
    const row = UUID.test(id) ? await viewMessage(deps.db, id) : null;
    if (!row) return null;
    const events = await viewMessageEvents(deps.db, row.id);
    return {
      title: 'Message',
      body: (
        <>
          <Facts
            entries={[
              ['Id', <code key="id">{row.id}</code>],
              ['State', <State key="state" state={row.state} test={row.test} />],
              ['To', maskPhone(row.to)],
              ['Partner', ownerName(row.owner)],
              ['API key', <code key="key">{row.apiKey}</code>],
              ['Segments', `${row.segments}, ${row.encoding}`],
              ['Reference', row.reference],
              ['Attempt', row.epoch],
              ['Reason', row.error?.replaceAll('_', ' ') ?? null],
              ['In words', withoutNumbers(row.errorMessage)],
              ['Provider’s code', row.providerErrorCode],
              ['Provider’s id', row.providerSid && <code key="sid">{row.providerSid}</code>],
              ['Sent at the latest', <Moment key="until" at={row.validUntil} />],
            ]}
          />
          <Timeline happenings={storyOf(row, events)} />
        </>
      ),
    };
  },
};

function storyOf(row: MessageView, events: MessageEvent[]): (Happening | null)[] {
  const told = events.map(({ heardAt, providerStatus, providerErrorCode }) => ({
    at: heardAt,
    what: `The provider reported ${providerStatus}${providerErrorCode ? `, code ${providerErrorCode}` : ''}`,
  }));
  const ended = ['failed', 'canceled', 'unknown'].includes(row.state);
  return [
    happened(row.createdAt, 'Accepted from the partner'),
    row.state === 'ready' ? happened(row.nextAttemptAt, 'Next attempt due') : null,
    happened(row.callStartedAt, `Handed to the provider, attempt ${row.epoch}`),
    happened(row.callFinishedAt, 'The provider answered'),
    ...told,
    row.adopted ? happened(row.updatedAt, 'Found again at the provider') : null,
    ended ? happened(row.updatedAt, `Became ${row.state}${row.error ? `: ${row.error}` : ''}`) : null,
  ];
}
