import { formatMicros, maskPhone } from '#libs/domain';
import { type ActivationStory, type ActivationView, viewActivation, viewActivationStory } from '#libs/store';
import { Facts } from '../views/facts.tsx';
import { withoutNumbers } from '../views/masked.ts';
import { Moment } from '../views/moment.tsx';
import { Money } from '../views/money.tsx';
import { State } from '../views/state.tsx';
import { type Happening, happened, Timeline } from '../views/timeline.tsx';
import type { Page } from './page.ts';

const MONEY_WORDS: Record<string, string> = {
  hold: 'held in the wallet',
  capture: 'charged',
  release: 'released to the wallet',
  cost: 'booked as paid to the provider',
  suspense: 'booked as perhaps paid to the provider',
  write_off: 'written off: paid to the provider for nothing',
  refund: 'found not to be paid to the provider',
};

export const activation: Page = {
  path: '/activations/:id',
  section: '/activations',
  async show({ deps, params }) {
    const id = /^\d{1,9}$/.test(params.id ?? '') ? Number(params.id) : null;
    const row = id === null ? null : await viewActivation(deps.db, id);
    if (!row) return null;
    const story = await viewActivationStory(deps.db, row.id);
    return {
      title: `Activation ${row.id}`,
      body: (
        <>
          <Facts
            entries={[
              ['State', <State key="state" state={row.state} test={row.test} />],
              ['Reason', row.reason?.replaceAll('_', ' ') ?? null],
              ['In words', withoutNumbers(row.reasonMessage)],
              ['Number', row.phone && maskPhone(row.phone)],
              ['Service', <code key="service">{row.service}</code>],
              ['Country', row.country],
              ['Partner', `${row.userId}, ${row.userName}`],
              ['Partner’s reference', row.clientRef],
              ['Provider row', row.providerId],
              ['Provider’s id', row.providerRef && <code key="ref">{row.providerRef}</code>],
              ['Price', <Money key="price" micros={row.priceMicros} />],
              ['Cost', row.costMicros === null ? null : <Money key="cost" micros={row.costMicros} />],
              ['Codes', row.codes],
              ['Ends', row.expiresAt && <Moment key="ends" at={row.expiresAt} />],
            ]}
          />
          <Timeline happenings={storyOf(row, story)} />
        </>
      ),
    };
  },
};

function storyOf(row: ActivationView, story: ActivationStory): (Happening | null)[] {
  return [
    happened(row.createdAt, 'Asked for by the partner'),
    happened(row.callStartedAt, 'The provider was asked for a number'),
    happened(
      row.purchasedAt,
      `Bought for ${row.costMicros === null ? '?' : formatMicros(row.costMicros)} USD`,
    ),
    happened(row.cancelRequestedAt, 'The partner asked to cancel'),
    ...story.codes.map(({ receivedAt, late }) => ({
      at: receivedAt,
      what: late ? 'A code arrived too late' : 'A code arrived',
    })),
    ...story.money.map(({ kind, amountMicros, createdAt }) => ({
      at: createdAt,
      what: `${formatMicros(amountMicros)} USD ${MONEY_WORDS[kind] ?? kind}`,
    })),
    happened(row.endedAt, `Ended: ${row.state}${row.reason ? `, ${row.reason.replaceAll('_', ' ')}` : ''}`),
  ];
}
