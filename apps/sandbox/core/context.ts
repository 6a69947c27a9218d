import { type Catalogue, createCatalogue } from '../smsbower/catalogue/catalogue.ts';
import { type CallCounter, createCallCounter } from './calls.ts';
import { type Clock, createClock } from './clock.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createFaultBook, type FaultBook } from './faults.ts';
import { type SandboxOptions, type Settings, settingsFrom } from './settings.ts';
import { emptyState, type SandboxState } from './state.ts';
import { createStateFile } from './state-file.ts';

/** All that a request handler of the sandbox works with. */
export interface SandboxContext {
  settings: Settings;
  state: SandboxState;
  catalogue: Catalogue;
  clock: Clock;
  faults: FaultBook;
  calls: CallCounter;
  deliveries: Deliveries;
  /** To be called after every change of `state`. */
  changed(): void;
  log(line: Record<string, unknown>): void;
  /** Calls off what is planned and drops outgoing requests. */
  stop(): Promise<void>;
  save(): void;
}

export function createContext(options: SandboxOptions): SandboxContext {
  const settings = settingsFrom(options);
  const file = createStateFile(options.stateFile);
  const state = file.load() ?? emptyState(settings);
  const clock = createClock();
  const deliveries = createDeliveries();
  return {
    settings,
    state,
    catalogue: createCatalogue(state.changedOffers),
    clock,
    faults: createFaultBook(),
    calls: createCallCounter(),
    deliveries,
    changed: () => file.touch(state),
    log: options.log ?? (() => {}),
    stop() {
      clock.stop();
      return deliveries.close();
    },
    save: () => file.flush(),
  };
}
