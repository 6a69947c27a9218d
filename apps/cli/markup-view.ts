import type { MarkupRule } from '#libs/store';

/** `12500n` ⇒ `12.5`. */
export function percentOf(millipercent: bigint): string {
  const fraction = String(millipercent % 1_000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${millipercent / 1_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

export function ruleJson(rule: MarkupRule): Record<string, unknown> {
  return {
    id: rule.id,
    user_id: rule.userId,
    service: rule.service,
    country: rule.country,
    percent: percentOf(rule.markupMillipercent),
  };
}
