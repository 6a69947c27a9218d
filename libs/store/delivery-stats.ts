import type { Database, Queryable } from '#libs/platform';

/** How rentals of one service and country went. The percentiles are seconds from purchase to the first code. */
export interface DeliveryStats {
  service: string;
  country: number;
  /** Rentals that have ended, or have their code. */
  sample: number;
  withCode: number;
  p50Seconds: number | null;
  p90Seconds: number | null;
}

/**
 * Measures anew unless that was done within `freshSeconds`; false then, and while another process is at it. One
 * transaction: dies anywhere, the old figures stay and the next run measures.
 */
export async function measureDeliveryStats(
  db: Database,
  options: { days: number; freshSeconds: number; exceptProvider: number },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE measurements SET measured_at = now() WHERE name IN (
         SELECT name FROM measurements
         WHERE name = 'delivery' AND coalesce(measured_at, '-infinity') < now() - make_interval(secs => $1)
         FOR UPDATE SKIP LOCKED)`,
      [options.freshSeconds],
    );
    if (rowCount !== 1) return false;
    await tx.query('DELETE FROM delivery_stats');
    await tx.query(
      `INSERT INTO delivery_stats (service, country, sample, with_code, p50_seconds, p90_seconds)
       SELECT service, country, count(*), count(seconds),
              percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)
       FROM (SELECT service, country, (SELECT extract(epoch FROM min(received_at) - purchased_at)::float8
                                       FROM activation_codes c WHERE c.activation_id = a.id AND NOT c.late) AS seconds
             FROM activations a
             WHERE purchased_at > now() - make_interval(days => $1) AND provider_id <> $2
               AND state IN ('received', 'finished', 'cancelled')) AS rentals
       GROUP BY service, country`,
      [options.days, options.exceptProvider],
    );
    return true;
  });
}

/** As last measured; only of what is asked for. */
export async function listDeliveryStats(
  db: Queryable,
  filter: { service: string | null; country: number | null },
): Promise<DeliveryStats[]> {
  const { rows } = await db.query<DeliveryStats>(
    `SELECT service, country, sample, with_code AS "withCode", p50_seconds AS "p50Seconds", p90_seconds AS "p90Seconds"
     FROM delivery_stats
     WHERE ($1::text IS NULL OR service = $1) AND ($2::integer IS NULL OR country = $2)`,
    [filter.service, filter.country],
  );
  return rows;
}
