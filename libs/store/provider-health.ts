import type { Queryable } from '#libs/platform';

/** `twilio`, or `number:<provider row id>`. */
export type ProviderName = string;

export interface ProviderRefusal {
  /** The provider's words. */
  message: string;
  reason: string;
  secondsLeft: number;
}

/** Null when, as far as is known, the provider takes requests. */
export async function findRefusal(db: Queryable, provider: ProviderName): Promise<ProviderRefusal | null> {
  const { rows } = await db.query<ProviderRefusal>(
    `SELECT coalesce(message, '') AS message, coalesce(reason, '') AS reason,
            extract(epoch FROM refuses_until - now())::float8 AS "secondsLeft"
     FROM provider_health WHERE provider = $1 AND refuses_until > now()`,
    [provider],
  );
  return rows[0] ?? null;
}

/** The provider refused our account: taken as refusing until `seconds` from now, then probed by the next request. */
export async function noteRefusal(
  db: Queryable,
  refusal: { provider: ProviderName; reason: string; message: string; seconds: number },
): Promise<void> {
  await db.query(
    `INSERT INTO provider_health (provider, refuses_until, reason, message)
     VALUES ($1, now() + make_interval(secs => $4), $2, $3)
     ON CONFLICT (provider) DO UPDATE SET refuses_until = excluded.refuses_until, reason = $2, message = $3,
       updated_at = now()`,
    [refusal.provider, refusal.reason, refusal.message, refusal.seconds],
  );
}

/** Counts calls in a row that could not reach the provider; past `threshold` it counts as refusing. */
export async function noteUnreachable(
  db: Queryable,
  failure: { provider: ProviderName; message: string; threshold: number; seconds: number },
): Promise<void> {
  await db.query(
    `INSERT INTO provider_health (provider, failures) VALUES ($1, 1)
     ON CONFLICT (provider) DO UPDATE SET failures = provider_health.failures + 1, updated_at = now(),
       reason = CASE WHEN provider_health.failures + 1 >= $3 THEN 'unreachable' ELSE provider_health.reason END,
       message = CASE WHEN provider_health.failures + 1 >= $3 THEN $2 ELSE provider_health.message END,
       refuses_until = CASE WHEN provider_health.failures + 1 >= $3 THEN now() + make_interval(secs => $4)
                            ELSE provider_health.refuses_until END`,
    [failure.provider, failure.message, failure.threshold, failure.seconds],
  );
}

/** It answered: writes only when something bad was noted before. Ends before the provider's name. */
export const ANSWERING = `UPDATE provider_health SET refuses_until = NULL, reason = NULL, message = NULL, failures = 0,
  updated_at = now() WHERE (failures > 0 OR refuses_until IS NOT NULL) AND provider =`;

export async function noteAnswering(db: Queryable, provider: ProviderName): Promise<void> {
  await db.query(`${ANSWERING} $1`, [provider]);
}
