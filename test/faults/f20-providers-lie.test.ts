import tap from 'tap';
import type { FaultRequest } from '../../apps/sandbox/core/faults.ts';
import { fault } from './harness/fault.ts';
import { type Lies, providersLie } from './harness/lies.ts';

tap.setTimeout(700_000);

type Lie = Omit<FaultRequest, 'provider' | 'action'>;

/** The same lies about whatever a provider is asked. */
function about(lies: Lie[]): Lies {
  const to = (provider: FaultRequest['provider'], action: string) =>
    lies.map((lie): FaultRequest => ({ ...lie, provider, action }));
  return {
    send: to('twilio', 'create'),
    rent: to('smsbower', 'getNumberV2'),
    status: to('smsbower', 'getStatus'),
    cancel: to('smsbower', 'setStatus'),
  };
}

fault(
  {
    id: 'F20',
    title: 'upstream accepts, then hangs',
    criterion: 'unknown and reconciled; nothing is bought or sent twice',
    quick: false,
    timeoutSeconds: 220,
  },
  (run) => providersLie(run, about([{ kind: 'hang', commit: true }])),
);

fault(
  {
    id: 'F21',
    title: 'upstream resets or truncates its answer',
    criterion: 'unknown and reconciled; nothing is bought or sent twice',
    quick: false,
    timeoutSeconds: 220,
  },
  (run) =>
    providersLie(run, about([{ kind: 'reset', commit: true }, { kind: 'cut-off' }, { kind: 'truncated' }])),
);

fault(
  {
    id: 'F23',
    title: 'upstream answers garbage, nothing, or an id it gave before',
    criterion: 'never captured without a valid unique reference',
    quick: false,
    timeoutSeconds: 260,
  },
  (run) => {
    const lies = about([
      { kind: 'empty', commit: true },
      { kind: 'html', commit: true },
      { kind: 'answer', commit: true, body: '{"sid":17,"activationId":null,"x":[' },
      { kind: 'answer', commit: true, body: 'ACCESS_NUMBER:' },
    ]);
    const again: FaultRequest = { provider: 'smsbower', kind: 'duplicate-id' };
    return providersLie(run, { ...lies, rent: [again, ...lies.rent] });
  },
);
