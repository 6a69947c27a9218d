import { type BudgetState, budgeted } from './budget.ts';
import type { NumberProvider } from './port.ts';
import { createNumberProvider, type NumberProviderAccount, SCRIPTED_KIND } from './registry.ts';
import type { TakeToken } from './token-bucket.ts';

/** The client for one provider row, behind its request budget and breaker. */
export function openNumberProvider(
  account: NumberProviderAccount & { kind: string },
  take: TakeToken,
): NumberProvider & { budgetState(): BudgetState } {
  // An outage in one script must not slow the others down.
  const failuresUntilSlow = account.kind === SCRIPTED_KIND ? { failuresUntilSlow: Infinity } : {};
  return budgeted(createNumberProvider(account.kind, account), { take, ...failuresUntilSlow });
}
