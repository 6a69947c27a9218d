import { type BudgetState, budgeted } from './budget.ts';
import type { NumberProvider } from './port.ts';
import { createNumberProvider, type NumberProviderAccount } from './registry.ts';
import type { TakeToken } from './token-bucket.ts';

/** The client for one provider row, behind its request budget and breaker. */
export function openNumberProvider(
  account: NumberProviderAccount & { kind: string },
  take: TakeToken,
): NumberProvider & { budgetState(): BudgetState } {
  return budgeted(createNumberProvider(account.kind, account), { take });
}
