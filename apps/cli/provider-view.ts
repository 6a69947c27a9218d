import { callbackUrl } from '#libs/services';
import type { ProviderRow } from '#libs/store';

/** A row as programs see it, without its key. */
export function providerJson(row: ProviderRow, baseUrl: string | null): Record<string, unknown> {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    api_url: row.apiUrl,
    requests_per_second: row.requestsPerSecond,
    enabled: row.disabledAt === null,
    callback_url: callbackOf(row, baseUrl),
    created_at: row.createdAt,
    disabled_at: row.disabledAt,
  };
}

/** Only a path while PUBLIC_BASE_URL is not set. */
export function callbackOf(row: ProviderRow, baseUrl: string | null): string {
  return callbackUrl(baseUrl ?? '', row);
}
