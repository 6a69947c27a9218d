import { type BudgetState, budgeted } from './budget.ts';
import type { NumberProvider } from './port.ts';
import { createNumberProvider } from './registry.ts';
import type { TakeToken } from './token-bucket.ts';

/** The client for one provider row, behind its request budget and breaker. */
export function openNumberProvider(
  account: { kind: string; apiUrl: string; credentials: string },
  take: TakeToken,
): NumberProvider & { budgetState(): BudgetState } {
  return budgeted(createNumberProvider(account.kind, account), { take });
}
