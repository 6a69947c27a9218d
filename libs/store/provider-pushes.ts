import type { Queryable } from '#libs/platform';

export interface ProviderPush {
  id: bigint;
  providerId: number;
  providerRef: string;
  service: string | null;
  country: number | null;
  /** Encrypted JSON `{code, text}`; context `provider_pushes.content:<provider id>:<provider ref>`. */
  content: Buffer;
}

/** Keeps a push as it came; the same content twice is one. Null when it was known. */
export async function insertPush(
  db: Queryable,
  push: Omit<ProviderPush, 'id'> & { contentHash: Buffer; hasCode: boolean },
): Promise<bigint | null> {
  const { rows } = await db.query<{ id: bigint }>(
    `INSERT INTO provider_pushes (provider_id, provider_ref, service, country, content, content_hash, has_code)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id`,
    [
      push.providerId,
      push.providerRef,
      push.service,
      push.country,
      push.content,
      push.contentHash,
      push.hasCode,
    ],
  );
  return rows[0]?.id ?? null;
}

/** Pushes for one rental, newest first. */
export async function listPushes(
  db: Queryable,
  key: { providerId: number; providerRef: string },
): Promise<ProviderPush[]> {
  const { rows } = await db.query<ProviderPush>(
    `SELECT id, provider_id AS "providerId", provider_ref AS "providerRef", service, country, content
     FROM provider_pushes WHERE provider_id = $1 AND provider_ref = $2 ORDER BY id DESC LIMIT 20`,
    [key.providerId, key.providerRef],
  );
  return rows;
}

/** Recent pushes that belong to no rental of ours, each reference once. */
export async function listUnclaimedPushes(db: Queryable, withinSeconds: number): Promise<ProviderPush[]> {
  const { rows } = await db.query<ProviderPush>(
    `SELECT DISTINCT ON (q.provider_id, q.provider_ref) q.id, q.provider_id AS "providerId",
            q.provider_ref AS "providerRef", q.service, q.country, q.content
     FROM provider_pushes q
     WHERE q.received_at > now() - make_interval(secs => $1) AND q.activation_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM activations a
                       WHERE a.provider_id = q.provider_id AND a.provider_ref = q.provider_ref)
     ORDER BY q.provider_id, q.provider_ref, q.id LIMIT 200`,
    [withinSeconds],
  );
  return rows;
}

/** Pushes that told a code of a rental which has none yet: asking may have been lost on the way. */
export async function listUnheardPushes(
  db: Queryable,
  options: { afterSeconds: number; withinSeconds: number },
): Promise<{ id: bigint; activationId: number }[]> {
  const { rows } = await db.query<{ id: bigint; activationId: number }>(
    `SELECT max(q.id) AS id, a.id AS "activationId"
     FROM provider_pushes q JOIN activations a ON a.provider_id = q.provider_id AND a.provider_ref = q.provider_ref
     WHERE q.has_code AND q.received_at < now() - make_interval(secs => $1)
       AND q.received_at > now() - make_interval(secs => $2)
       AND NOT EXISTS (SELECT 1 FROM activation_codes c WHERE c.activation_id = a.id)
     GROUP BY a.id LIMIT 200`,
    [options.afterSeconds, options.withinSeconds],
  );
  return rows;
}
