import { TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { closeProviderBooks } from './provider-books.ts';

/** One account at a provider of rented numbers; its id is the partners' `api_id`. */
export interface ProviderRow {
  id: number;
  kind: string;
  name: string;
  apiUrl: string;
  /** Encrypted; context `providers.credentials:<kind>:<api url>`. */
  credentials: Buffer;
  callbackSecret: string;
  /** 0 = no limit of ours. */
  requestsPerSecond: number;
  createdAt: Date;
  disabledAt: Date | null;
}

const COLUMNS = `id, kind, name, api_url AS "apiUrl", credentials, callback_secret AS "callbackSecret",
  requests_per_second AS "requestsPerSecond", created_at AS "createdAt", disabled_at AS "disabledAt"`;

export type NewProvider = Pick<
  ProviderRow,
  'kind' | 'name' | 'apiUrl' | 'credentials' | 'callbackSecret' | 'requestsPerSecond'
>;

export async function insertProvider(db: Queryable, provider: NewProvider): Promise<ProviderRow> {
  const { rows } = await db.query<ProviderRow>(
    `INSERT INTO providers (kind, name, api_url, credentials, callback_secret, requests_per_second)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
    parameters(provider),
  );
  const row = rows[0];
  if (!row) throw new Error('the provider was not returned');
  return row;
}

/** Row 1 from the environment, only where there is no real row. Safe when several processes start at once. */
export async function insertFirstProvider(db: Queryable, provider: NewProvider): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH first AS (
       INSERT INTO providers (id, kind, name, api_url, credentials, callback_secret, requests_per_second)
       SELECT 1, $1::text, $2::text, $3::text, $4::bytea, $5::text, $6::integer
       WHERE NOT EXISTS (SELECT 1 FROM providers WHERE id <> ${TEST_PROVIDER_ID})
       ON CONFLICT DO NOTHING RETURNING id)
     SELECT setval(pg_get_serial_sequence('providers', 'id'), 1) FROM first`,
    parameters(provider),
  );
  return rowCount === 1;
}

export async function findProvider(db: Queryable, id: number): Promise<ProviderRow | null> {
  const { rows } = await db.query<ProviderRow>(`SELECT ${COLUMNS} FROM providers WHERE id = $1`, [id]);
  return rows[0] ?? null;
}

export async function findProviderBySecret(
  db: Queryable,
  callbackSecret: string,
): Promise<ProviderRow | null> {
  const { rows } = await db.query<ProviderRow>(
    `SELECT ${COLUMNS} FROM providers WHERE callback_secret = $1`,
    [callbackSecret],
  );
  return rows[0] ?? null;
}

/** The real ones: the row that plays for test keys is not among them. */
export async function listProviders(db: Queryable): Promise<ProviderRow[]> {
  const { rows } = await db.query<ProviderRow>(
    `SELECT ${COLUMNS} FROM providers WHERE id <> ${TEST_PROVIDER_ID} ORDER BY id`,
  );
  return rows;
}

/** Stops new rentals through this row; the live ones are still served. False when there is no such live row. */
export async function disableProvider(db: Queryable, id: number): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE providers SET disabled_at = now() WHERE id = $1 AND disabled_at IS NULL',
    [id],
  );
  return rowCount === 1;
}

function parameters(provider: NewProvider): unknown[] {
  return [
    provider.kind,
    provider.name,
    provider.apiUrl,
    provider.credentials,
    provider.callbackSecret,
    provider.requestsPerSecond,
  ];
}

/** New address and credentials for a row; it may be another account, so the books of its balance begin anew. */
export async function updateProviderAccess(
  db: Queryable,
  access: { id: number; apiUrl: string; credentials: Buffer },
): Promise<void> {
  await db.query('UPDATE providers SET api_url = $2, credentials = $3 WHERE id = $1', [
    access.id,
    access.apiUrl,
    access.credentials,
  ]);
  await closeProviderBooks(db, access.id);
}
