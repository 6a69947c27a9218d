import type { NumberProvider } from './port.ts';
import { createSmsbowerProvider } from './smsbower/provider.ts';

export interface NumberProviderAccount {
  apiUrl: string;
  /** The secret of the row, as its kind understands it; smsbower: the API key. */
  credentials: string;
  /** Default: the production deadlines. */
  timeouts?: { connectMs: number; purchaseMs: number; readMs: number };
}

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
  throw new Error(`unknown provider kind "${kind}"; known are ${NUMBER_PROVIDER_KINDS.join(', ')}`);
}

export function isNumberProviderKind(kind: string): kind is NumberProviderKind {
  return Object.hasOwn(FACTORIES, kind);
}
