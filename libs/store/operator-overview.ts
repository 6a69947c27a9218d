import { type Micros, TEST_PROVIDER_ID } from '#libs/domain';
import type { Queryable } from '#libs/platform';
import { type Backlog, measureBacklog } from './backlog.ts';

export interface StateCount {
  state: string;
  count: number;
}

export interface Overview {
  /** Of the messages accepted in the last 24 hours. */
  messages: StateCount[];
  /** Of the rentals begun in the last 24 hours. */
  activations: StateCount[];
  wallets: { users: number; balanceMicros: Micros; heldMicros: Micros };
  waiting: Backlog['waiting'];
}

/** How the whole installation stands, on one screen; nothing of test mode is in it. */
export async function viewOverview(db: Queryable): Promise<Overview> {
  const messages = await db.query<StateCount>(
    `SELECT state, count(*)::integer AS count FROM messages
     WHERE created_at > now() - interval '24 hours' AND NOT test GROUP BY state`,
  );
  const activations = await db.query<StateCount>(
    `SELECT state, count(*)::integer AS count FROM activations
     WHERE created_at > now() - interval '24 hours' AND provider_id <> ${TEST_PROVIDER_ID} GROUP BY state`,
  );
  const wallets = await db.query<Overview['wallets']>(
    `SELECT count(*)::integer AS users, coalesce(sum(balance_micros), 0)::bigint AS "balanceMicros",
            coalesce(sum(held_micros), 0)::bigint AS "heldMicros"
     FROM wallets JOIN users ON users.id = user_id WHERE test_of IS NULL`,
  );
  return {
    messages: messages.rows,
    activations: activations.rows,
    wallets: wallets.rows[0] ?? { users: 0, balanceMicros: 0n, heldMicros: 0n },
    waiting: (await measureBacklog(db)).waiting,
  };
}

export interface ProviderView {
  id: number;
  kind: string;
  name: string;
  apiUrl: string;
  requestsPerSecond: number;
  disabledAt: Date | null;
  /** Dollars as mirrored, or null while unknown. */
  balance: string | null;
  balanceAgeSeconds: number | null;
  /** Why the last look at the balance failed, when it did. */
  failure: string | null;
  /** Set while it refuses everything. */
  refusal: string | null;
  liveRentals: number;
}

/** Provider rows with what the background last learned of them. */
export async function viewProviders(db: Queryable): Promise<ProviderView[]> {
  const { rows } = await db.query<ProviderView>(
    `SELECT p.id, p.kind, p.name, p.api_url AS "apiUrl", p.requests_per_second AS "requestsPerSecond",
            p.disabled_at AS "disabledAt", m.payload ->> 'value' AS balance,
            extract(epoch FROM now() - m.fetched_at)::float8 AS "balanceAgeSeconds",
            CASE WHEN m.failed_at > coalesce(m.fetched_at, '-infinity') THEN m.failure END AS failure,
            CASE WHEN h.refuses_until > now() THEN coalesce(h.message, h.reason, 'refuses requests') END AS refusal,
            (SELECT count(*)::integer FROM activations a
             WHERE a.provider_id = p.id AND a.state IN ('active', 'received')) AS "liveRentals"
     FROM providers p
     LEFT JOIN provider_mirror m ON m.provider_id = p.id AND m.kind = 'balance' AND m.scope = ''
     LEFT JOIN provider_health h ON h.provider = 'number:' || p.id
     WHERE p.id <> ${TEST_PROVIDER_ID} ORDER BY p.id`,
  );
  return rows;
}
