import type { Queryable } from '#libs/platform';

/** A markup for a partner, a service, a country, or any combination; null means any. */
export interface MarkupRule {
  id: number;
  userId: number | null;
  service: string | null;
  country: number | null;
  markupMillipercent: bigint;
}

export async function listMarkupRules(db: Queryable): Promise<MarkupRule[]> {
  const { rows } = await db.query<MarkupRule>(
    `SELECT id, user_id AS "userId", service, country, markup_millipercent AS "markupMillipercent"
     FROM markup_rules ORDER BY id`,
  );
  return rows;
}

/** Sets the rule for exactly this combination, replacing the one before. */
export async function setMarkupRule(db: Queryable, rule: Omit<MarkupRule, 'id'>): Promise<void> {
  await db.query(
    `INSERT INTO markup_rules (user_id, service, country, markup_millipercent) VALUES ($1, $2, $3, $4)
     ON CONFLICT (coalesce(user_id, 0), coalesce(service, ''), coalesce(country, -1))
     DO UPDATE SET markup_millipercent = excluded.markup_millipercent`,
    [rule.userId, rule.service, rule.country, rule.markupMillipercent],
  );
}

/** False when there is no such rule. */
export async function removeMarkupRule(db: Queryable, id: number): Promise<boolean> {
  const { rowCount } = await db.query('DELETE FROM markup_rules WHERE id = $1', [id]);
  return rowCount === 1;
}
