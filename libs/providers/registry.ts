import type { NumberProvider } from './port.ts';
import { createScriptedNumberProvider, type ScriptedOptions } from './scripted/number-provider.ts';
import { createSmsbowerProvider } from './smsbower/provider.ts';

export interface NumberProviderAccount {
  apiUrl: string;
  /** The secret of the row, as its kind understands it; smsbower: the API key. */
  credentials: string;
  /** Default: the production deadlines. */
  timeouts?: { connectMs: number; purchaseMs: number; readMs: number };
  /** For the row that plays for test keys. */
  scripted?: ScriptedOptions;
}

/** The kind of the one row that plays for test keys; operators add none of it. */
export const SCRIPTED_KIND = 'scripted';

const FACTORIES = {
  smsbower: ({ apiUrl, credentials, timeouts = {} }) =>
    createSmsbowerProvider({ apiUrl, apiKey: credentials, timeouts }),
} as const satisfies Record<string, (account: NumberProviderAccount) => NumberProvider>;

export type NumberProviderKind = keyof typeof FACTORIES;

/** The closed list of kinds that a provider row may have. */
export const NUMBER_PROVIDER_KINDS = Object.freeze(Object.keys(FACTORIES) as NumberProviderKind[]);

/** A provider for one row; throws for a kind that is not in NUMBER_PROVIDER_KINDS. */
export function createNumberProvider(kind: string, account: NumberProviderAccount): NumberProvider {
  if (isNumberProviderKind(kind)) return FACTORIES[kind](account);
  if (kind === SCRIPTED_KIND && account.scripted) return createScriptedNumberProvider(account.scripted);
  throw new Error(`unknown provider kind "${kind}"; known are ${NUMBER_PROVIDER_KINDS.join(', ')}`);
}

export function isNumberProviderKind(kind: string): kind is NumberProviderKind {
  return Object.hasOwn(FACTORIES, kind);
}
