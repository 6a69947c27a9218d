/** Makes a provider's words fit to store, log and show. */
export type SafeText = (text: string) => string;

/**
 * Returns a function that masks the given secrets (also URL-encoded), account ids and phone numbers, turns control
 * characters and runs of white space into one space, and cuts to `limit` characters.
 */
export function createSafeText(secrets: string[], limit: number): SafeText {
  const forms = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((form) => form !== '');
  return (text) => {
    let safe = text;
    for (const form of forms) safe = safe.replaceAll(form, '***');
    const masked = safe
      .replace(/\b(AC|SK)[0-9a-f]{32}\b/gi, '$1***')
      .replace(/\+\d{5,13}(\d{2})(?!\d)/g, '+***$1')
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
      .trim();
    // No half of a surrogate pair at the cut.
    return masked.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
  };
}
