import type { Queryable } from '#libs/platform';
import { openProviderBooks } from './provider-books.ts';

export type MirrorKind = 'balance' | 'countries' | 'services' | 'prices';

/** What of which provider. `scope` is `''`, or for prices `service=tg&country=22` (either may be absent). */
export interface MirrorKey {
  providerId: number;
  kind: MirrorKind;
  scope: string;
}

export interface MirrorEntry extends MirrorKey {
  /** Null until first fetched. */
  payload: unknown;
  fetchedAt: Date | null;
  ageSeconds: number | null;
  /** Seconds since the last failed attempt after the last good one, or null. */
  failedSeconds: number | null;
  failure: string | null;
}

const COLUMNS = `provider_id AS "providerId", kind, scope, payload, fetched_at AS "fetchedAt",
  extract(epoch FROM now() - fetched_at)::float8 AS "ageSeconds",
  CASE WHEN failed_at > coalesce(fetched_at, '-infinity') THEN extract(epoch FROM now() - failed_at)::float8 END
    AS "failedSeconds", failure`;

export async function readMirror(db: Queryable, key: MirrorKey): Promise<MirrorEntry | null> {
  const { rows } = await db.query<MirrorEntry>(
    `SELECT ${COLUMNS} FROM provider_mirror WHERE provider_id = $1 AND kind = $2 AND scope = $3`,
    [key.providerId, key.kind, key.scope],
  );
  return rows[0] ?? null;
}

/** Notes that somebody wants this kept fresh. Writes at most every ten seconds, unless `urgent`. */
export async function wantMirror(db: Queryable, key: MirrorKey, urgent = false): Promise<void> {
  await db.query(
    `INSERT INTO provider_mirror (provider_id, kind, scope) VALUES ($1, $2, $3)
     ON CONFLICT (provider_id, kind, scope) DO UPDATE SET wanted_at = now()
     WHERE $4 OR provider_mirror.wanted_at < now() - interval '10 seconds'`,
    [key.providerId, key.kind, key.scope, urgent],
  );
}

/**
 * Claims one entry for fetching, for ten seconds, so that a herd asks the provider once. False when another has it.
 * `maxAgeSeconds`: an entry younger than this needs no fetch.
 */
export async function claimMirror(db: Queryable, key: MirrorKey, maxAgeSeconds: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE provider_mirror SET claimed_at = now()
     WHERE provider_id = $1 AND kind = $2 AND scope = $3
       AND (claimed_at IS NULL OR claimed_at < now() - interval '10 seconds')
       AND (fetched_at IS NULL OR fetched_at < now() - make_interval(secs => $4))`,
    [key.providerId, key.kind, key.scope, maxAgeSeconds],
  );
  return rowCount === 1;
}

/** The first balance of an account also opens its books. */
export async function writeMirror(db: Queryable, key: MirrorKey, payload: unknown): Promise<void> {
  await db.query(
    `INSERT INTO provider_mirror (provider_id, kind, scope, payload, fetched_at) VALUES ($1, $2, $3, $4::jsonb, now())
     ON CONFLICT (provider_id, kind, scope) DO UPDATE
       SET payload = excluded.payload, fetched_at = now(), claimed_at = NULL, failed_at = NULL, failure = NULL`,
    [key.providerId, key.kind, key.scope, JSON.stringify(payload)],
  );
  if (key.kind === 'balance') await openProviderBooks(db, key.providerId);
}

/** The old payload stays; it is told apart by its age. */
export async function failMirror(db: Queryable, key: MirrorKey, failure: string): Promise<void> {
  await db.query(
    `UPDATE provider_mirror SET failed_at = now(), failure = $4, claimed_at = NULL
     WHERE provider_id = $1 AND kind = $2 AND scope = $3`,
    [key.providerId, key.kind, key.scope, failure],
  );
}

/**
 * Entries that somebody wanted lately and that are older than half of what their kind allows, or never came.
 * One that failed is left alone for two seconds, or for five when nobody waits for it.
 */
export async function listMirrorToRefresh(
  db: Queryable,
  options: { wantedWithinSeconds: number; limit: number },
): Promise<MirrorKey[]> {
  const { rows } = await db.query<MirrorKey>(
    `SELECT m.provider_id AS "providerId", m.kind, m.scope
     FROM provider_mirror m JOIN providers p ON p.id = m.provider_id AND p.disabled_at IS NULL
     WHERE m.wanted_at > now() - make_interval(secs => $1)
       AND (m.claimed_at IS NULL OR m.claimed_at < now() - interval '10 seconds')
       AND (m.failed_at IS NULL OR m.failed_at < now() - interval '2 seconds')
       AND coalesce(m.fetched_at, '-infinity') < now() -
           CASE m.kind WHEN 'balance' THEN interval '14 seconds' WHEN 'prices' THEN interval '30 seconds'
                       ELSE interval '30 minutes' END
     ORDER BY m.fetched_at NULLS FIRST LIMIT $2`,
    [options.wantedWithinSeconds, options.limit],
  );
  return rows;
}

/** Entries nobody has wanted for a day. */
export async function eraseUnwantedMirror(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM provider_mirror WHERE wanted_at < now() - interval '1 day' AND kind = 'prices'`,
  );
  return rowCount ?? 0;
}
