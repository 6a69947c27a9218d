import pg from 'pg';

/** Anything that runs SQL: the pool, or one transaction of it. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction and commits it; any exception rolls back and is thrown on.
   * Never call a provider inside: the connection and its locks would wait for the network.
   */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  applicationName: string;
  maxConnections?: number;
  statementTimeoutMs?: number;
  onError: (error: Error) => void;
}

const INT8 = 20;

const PREPARED = new Map<string, string>();

/**
 * Marks a statement of the hot paths, a constant: each connection then parses and plans it once instead of every time
 * (0.1 to 0.5 ms). In vain inside of transactions. Returns the statement.
 */
export function prepared(sql: string): string {
  PREPARED.set(sql, `smsx_${PREPARED.size + 1}`);
  return sql;
}

/** A pool whose every wait has an end. `bigint` columns come back as BigInt. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    query_timeout: (options.statementTimeoutMs ?? 10_000) + 2_000,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 15_000,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // A connection that dies while idle must not end the process.
  pool.on('error', options.onError);
  // Nor one that dies at any other moment: between being handed out and being used nobody else listens.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    query: (text, values) => pool.query(statementOf(text, values)),
    transaction: (work) => runTransaction(pool, work),
    close: () => pool.end(),
  };
}

function statementOf(text: string, values: unknown[] | undefined): pg.QueryConfig {
  const name = PREPARED.get(text);
  return { text, ...(values && { values }), ...(name !== undefined && { name }) };
}

/** True when the database could not be reached or is going away; nothing was decided, a later try may pass. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (
    /^(08...|57P0[123]|53[0-9]{3}|57014|55P03|40001|40P01|25P03|58030|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)$/.test(
      code,
    )
  ) {
    return true;
  }
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|^could not (extend|write) file/.test(
    // Only a full disk has a code of its own there; a quota and a limit on files do not.
    error.message,
  );
}

export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

async function runTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const remember = (error: Error) => {
    broken = error;
  };
  client.on('error', remember);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(remember);
    throw error;
  } finally {
    client.off('error', remember);
    client.release(broken);
  }
}

function typeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8) return BigInt;
  return pg.types.getTypeParser(oid, format as 'text');
}
