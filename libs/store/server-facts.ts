import type { Queryable } from '#libs/platform';

export interface ServerFacts {
  /** For people: `18.1`. */
  version: string;
  /** 180001 for 18.1. */
  versionNumber: number;
  /** The server's clock while it answered, milliseconds. */
  nowMs: number;
}

/** What the PostgreSQL server says about itself. */
export async function readServerFacts(db: Queryable): Promise<ServerFacts> {
  const { rows } = await db.query<ServerFacts>(
    `SELECT current_setting('server_version') AS version,
            current_setting('server_version_num')::integer AS "versionNumber",
            (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"`,
  );
  const facts = rows[0];
  if (!facts) throw new Error('the server said nothing about itself');
  return facts;
}
