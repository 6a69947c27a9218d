import { TEST_PROVIDER_ID } from '#libs/domain';
import { prepared, type Queryable } from '#libs/platform';
import { type IdempotencyClaim, type IdempotencyRecord, LIFETIME } from './idempotency.ts';
import type { MarkupRule } from './markup-rules.ts';
import type { ProviderRefusal } from './provider-health.ts';

export interface QuoteQuestion {
  idempotency: Pick<IdempotencyClaim, 'scope' | 'route' | 'key'> | null;
  userId: number;
  /** Null: the first that is enabled. */
  providerId: number | null;
  service: string;
  country: number;
  /** Of the mirrored prices to look at. */
  priceScope: string;
}

/** Everything that a rental's price and its refusals depend on. */
export interface QuoteFacts {
  /** What an earlier request with this key left behind; `outdated`: past its 24 hours, not erased yet. */
  earlier: (IdempotencyRecord & { outdated: boolean }) | null;
  user: { testOf: number | null } | null;
  /** Some provider row is enabled, that of test mode aside; `providerId` is the one asked for, or null when that is absent or disabled. */
  anyProvider: boolean;
  providerId: number | null;
  refusal: ProviderRefusal | null;
  /** What is mirrored of the prices; `wanted`: it was noted lately that somebody wants them. */
  prices: { payload: unknown; ageSeconds: number | null; wanted: boolean } | null;
  /** Of this partner, service and country, or of any. */
  markupRules: MarkupRule[];
}

interface FactsRow extends Omit<QuoteFacts, 'markupRules'> {
  markupRules: (Omit<MarkupRule, 'markupMillipercent'> & { markupMillipercent: string })[] | null;
  requestHash: Buffer | null;
}

/** Answers questions that come together in one statement: one answer for each, in their order. */
export async function readQuoteFacts(
  db: Queryable,
  questions: readonly QuoteQuestion[],
): Promise<QuoteFacts[]> {
  const { rows } = await db.query<FactsRow>(READ, [
    questions.map((question) => question.idempotency?.scope ?? null),
    questions.map((question) => question.idempotency?.route ?? null),
    questions.map((question) => question.idempotency?.key ?? null),
    questions.map((question) => question.userId),
    questions.map((question) => question.providerId),
    questions.map((question) => question.service),
    questions.map((question) => question.country),
    questions.map((question) => question.priceScope),
  ]);
  return rows.map(({ requestHash, earlier, markupRules, ...facts }) => ({
    ...facts,
    earlier: earlier && requestHash && { ...earlier, requestHash },
    markupRules: (markupRules ?? []).map((rule) => ({
      ...rule,
      markupMillipercent: BigInt(rule.markupMillipercent),
    })),
  }));
}

const READ = prepared(`
  SELECT
    CASE WHEN kept.key IS NOT NULL THEN jsonb_build_object(
      'messageId', kept.message_id, 'activationId', kept.activation_id,
      'replyStatus', kept.reply_status, 'replyBody', kept.reply_body,
      'ageSeconds', extract(epoch FROM now() - kept.created_at)::float8,
      'outdated', kept.created_at < now() - ${LIFETIME}) END AS earlier,
    kept.request_hash AS "requestHash",
    (SELECT jsonb_build_object('testOf', test_of) FROM users WHERE id = asked.user_id) AS "user",
    EXISTS (SELECT 1 FROM providers WHERE disabled_at IS NULL AND id <> ${TEST_PROVIDER_ID}) AS "anyProvider",
    provider.id AS "providerId",
    CASE WHEN health.provider IS NOT NULL THEN jsonb_build_object(
      'message', coalesce(health.message, ''), 'reason', coalesce(health.reason, ''),
      'secondsLeft', extract(epoch FROM health.refuses_until - now())::float8) END AS refusal,
    CASE WHEN mirror.kind IS NOT NULL THEN jsonb_build_object(
      'payload', mirror.payload, 'ageSeconds', extract(epoch FROM now() - mirror.fetched_at)::float8,
      'wanted', mirror.wanted_at >= now() - interval '10 seconds') END AS prices,
    (SELECT jsonb_agg(jsonb_build_object(
        'id', id, 'userId', user_id, 'service', service, 'country', country,
        'markupMillipercent', markup_millipercent::text) ORDER BY id)
     FROM markup_rules
     WHERE (user_id IS NULL OR user_id = asked.user_id) AND (service IS NULL OR service = asked.service)
       AND (country IS NULL OR country = asked.country)) AS "markupRules"
  FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::integer[], $8::text[])
    WITH ORDINALITY AS asked (scope, route, key, user_id, provider_id, service, country, price_scope, place)
  LEFT JOIN idempotency_keys kept
    ON kept.scope = asked.scope AND kept.route = asked.route AND kept.key = asked.key
  LEFT JOIN LATERAL (
    SELECT id FROM providers
    WHERE disabled_at IS NULL AND id <> ${TEST_PROVIDER_ID}
      AND (asked.provider_id IS NULL OR id = asked.provider_id) ORDER BY id LIMIT 1
  ) AS provider ON true
  LEFT JOIN provider_health health
    ON health.provider = 'number:' || provider.id AND health.refuses_until > now()
  LEFT JOIN provider_mirror mirror
    ON mirror.provider_id = provider.id AND mirror.kind = 'prices' AND mirror.scope = asked.price_scope
  ORDER BY asked.place`);
