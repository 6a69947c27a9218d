import type { Queryable } from '#libs/platform';

/** Who did what to what. Append-only. `details` must hold no secret. */
export interface AuditEntry {
  actor: string;
  action: string;
  subject: string;
  details?: Record<string, unknown>;
}

export async function writeAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query('INSERT INTO audit_log (actor, action, subject, details) VALUES ($1, $2, $3, $4::jsonb)', [
    entry.actor,
    entry.action,
    entry.subject,
    JSON.stringify(entry.details ?? {}),
  ]);
}

export async function listAudit(db: Queryable, limit: number): Promise<(AuditEntry & { at: Date })[]> {
  const { rows } = await db.query<AuditEntry & { at: Date }>(
    'SELECT at, actor, action, subject, details FROM audit_log ORDER BY id DESC LIMIT $1',
    [limit],
  );
  return rows;
}
