import type { Loop } from '../deps.ts';
import { audit } from './audit.ts';
import { closeRentals } from './close-rentals.ts';
import { erase } from './erase.ts';
import { measure } from './measure.ts';
import { measureDelivery } from './measure-delivery.ts';
import { nudgeWebhooks } from './nudge-webhooks.ts';
import { playScriptsOfTests } from './play-scripts.ts';
import { pollActivations } from './poll-activations.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { reconcile } from './reconcile.ts';
import { refreshMirrors } from './refresh-mirrors.ts';
import { sweepOutbox } from './sweep-outbox.ts';

export const LOOPS: readonly Loop[] = [
  pollActivations,
  rebuildIndex,
  sweepOutbox,
  nudgeWebhooks,
  reconcile,
  closeRentals,
  playScriptsOfTests,
  refreshMirrors,
  measure,
  measureDelivery,
  audit,
  erase,
];
