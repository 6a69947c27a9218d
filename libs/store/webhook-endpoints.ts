import type { Queryable } from '#libs/platform';

/** Where a partner hears of its events. */
export interface WebhookEndpoint {
  id: string;
  owner: string;
  /** May hold a partner's secret: never logged, its host excepted. */
  url: string;
  /** Null: all of them. */
  eventTypes: string[] | null;
  description: string | null;
  /** While the secret before the present one signs too. */
  previousUntil: Date | null;
  /** Of the first failure since the last success. */
  failingSince: Date | null;
  disabledAt: Date | null;
  disabledReason: 'failing' | 'gone' | null;
  createdAt: Date;
}

const COLUMNS = `id, owner, url, event_types AS "eventTypes", description,
  CASE WHEN previous_until > now() THEN previous_until END AS "previousUntil", failing_since AS "failingSince",
  disabled_at AS "disabledAt", disabled_reason AS "disabledReason", created_at AS "createdAt"`;

export interface NewWebhookEndpoint {
  id: string;
  owner: string;
  url: string;
  eventTypes: string[] | null;
  description: string | null;
  /** Encrypted; context `webhook_endpoints.secret:<id>`. */
  secret: Buffer;
}

/** Null when the owner has `most` of them. Two at once may not both take the last place. */
export async function insertEndpoint(
  db: Queryable,
  endpoint: NewWebhookEndpoint,
  most: number,
): Promise<WebhookEndpoint | null> {
  await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks of ${endpoint.owner}`]);
  const { rows } = await db.query<WebhookEndpoint>(
    `INSERT INTO webhook_endpoints (id, owner, url, event_types, description, secret)
     SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM webhook_endpoints WHERE owner = $2) < $7
     RETURNING ${COLUMNS}`,
    [
      endpoint.id,
      endpoint.owner,
      endpoint.url,
      endpoint.eventTypes,
      endpoint.description,
      endpoint.secret,
      most,
    ],
  );
  return rows[0] ?? null;
}

/** An endpoint of its owner; another's is not there. So with every function here that takes both. */
export async function findEndpoint(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<WebhookEndpoint | null> {
  const { rows } = await db.query<WebhookEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE id = $1 AND owner = $2`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}

export async function findEndpoints(
  db: Queryable,
  key: { ids: string[]; owner: string },
): Promise<WebhookEndpoint[]> {
  const { rows } = await db.query<WebhookEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE id = ANY($1::uuid[]) AND owner = $2`,
    [key.ids, key.owner],
  );
  return rows;
}

/** Oldest first. */
export async function listEndpoints(db: Queryable, owner: string): Promise<WebhookEndpoint[]> {
  const { rows } = await db.query<WebhookEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoints WHERE owner = $1 ORDER BY created_at, id`,
    [owner],
  );
  return rows;
}

/** For the operator: of one owner or of all, oldest first; `disabled`: only those. */
export async function listAllEndpoints(
  db: Queryable,
  filter: { owner: string | null; disabled: boolean },
): Promise<WebhookEndpoint[]> {
  const { rows } = await db.query<WebhookEndpoint>(
    `SELECT ${COLUMNS} FROM webhook_endpoints
     WHERE ($1::text IS NULL OR owner = $1) AND (NOT $2 OR disabled_at IS NOT NULL)
     ORDER BY created_at, id LIMIT 1000`,
    [filter.owner, filter.disabled],
  );
  return rows;
}

/** What is on its way to it is given up when its turn comes. */
export async function deleteEndpoint(db: Queryable, key: { id: string; owner: string }): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM webhook_endpoints WHERE id = $1 AND owner = $2', [
    key.id,
    key.owner,
  ]);
  return rowCount === 1;
}

/** The present secret becomes the previous one, and signs too for `overlapSeconds`; one before it signs no more. */
export async function rotateEndpointSecret(
  db: Queryable,
  key: { id: string; owner: string },
  change: { secret: Buffer; overlapSeconds: number },
): Promise<WebhookEndpoint | null> {
  const { rows } = await db.query<WebhookEndpoint>(
    `UPDATE webhook_endpoints SET previous_secret = secret, previous_until = now() + make_interval(secs => $4),
       secret = $3 WHERE id = $1 AND owner = $2 RETURNING ${COLUMNS}`,
    [key.id, key.owner, change.secret, change.overlapSeconds],
  );
  return rows[0] ?? null;
}

export async function enableEndpoint(
  db: Queryable,
  key: { id: string; owner: string },
): Promise<WebhookEndpoint | null> {
  const { rows } = await db.query<WebhookEndpoint>(
    `UPDATE webhook_endpoints SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL
     WHERE id = $1 AND owner = $2 RETURNING ${COLUMNS}`,
    [key.id, key.owner],
  );
  return rows[0] ?? null;
}

/** What signs at this moment, the present secret first; null once the endpoint is deleted or disabled. */
export async function findEndpointSecrets(db: Queryable, id: string): Promise<Buffer[] | null> {
  const { rows } = await db.query<{ secret: Buffer; previous: Buffer | null }>(
    `SELECT secret, CASE WHEN previous_until > now() THEN previous_secret END AS previous
     FROM webhook_endpoints WHERE id = $1 AND disabled_at IS NULL`,
    [id],
  );
  const [found] = rows;
  if (!found) return null;
  return found.previous ? [found.secret, found.previous] : [found.secret];
}

/**
 * The event `webhook.test` and its way to this endpoint alone: one attempt, whether or not it asked for such events.
 * Returns the delivery.
 */
export async function insertTestEvent(
  db: Queryable,
  endpoint: Pick<WebhookEndpoint, 'id' | 'owner' | 'url'>,
): Promise<{ id: string; eventId: bigint }> {
  const { rows } = await db.query<{ id: string; eventId: bigint }>(
    `WITH told AS (
       INSERT INTO events (owner, position, type, webhook_id) SELECT $2, event_position(), 'webhook.test', $1
       RETURNING id, type
     )
     INSERT INTO webhook_deliveries (event_id, owner, event_type, webhook_id, url, endpoint_id, lane, give_up_at)
     SELECT id, $2, type, $1, $3, $1, $1::text, now() FROM told RETURNING id, event_id AS "eventId"`,
    [endpoint.id, endpoint.owner, endpoint.url],
  );
  const [inserted] = rows;
  if (!inserted) throw new Error('the test event was not returned');
  return inserted;
}
