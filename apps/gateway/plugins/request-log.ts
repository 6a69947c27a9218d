import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CounterSeries, createLineWriter, type HistogramSeries, type Metrics } from '#libs/platform';
import type { Partner } from '#libs/services';
import type { GatewayDeps } from '../deps.ts';
import type { RequestFacts } from './request-facts.ts';

/** One line and one observation per request. No URL, since queries hold numbers and ids hold guesses. */
export function registerRequestLog(app: FastifyInstance, { ctx, metrics }: GatewayDeps): void {
  const seriesOf = createSeries(metrics);
  const writeLine = createLineWriter(ctx.log);
  const partnerText = createPartnerText();
  app.addHook('onResponse', (request, reply, done) => {
    const { facts } = request;
    const ms = performance.now() - facts.startedAt;
    const series = seriesOf(request, reply);
    series.seconds.observe(ms / 1_000);
    series.requests.add();
    // A request id is the caller's only when it needs no escaping, and methods are those that Node knows.
    writeLine(
      reply.statusCode >= 500 ? 'warn' : 'info',
      `"event":"http.request","request_id":"${request.id}","method":"${request.method}",${series.text},"ms":${Math.round(ms * 10) / 10},${partnerText(facts.partner)}${idsText(facts)}`,
    );
    done();
  });
}

/** What requests of one action and status have in common. */
interface Series {
  seconds: HistogramSeries;
  requests: CounterSeries;
  /** Of the line. */
  text: string;
}

function createSeries(metrics: Metrics): (request: FastifyRequest, reply: FastifyReply) => Series {
  const seconds = byLabels(metrics.histogramSeries('http_request_seconds', 'Time to answer'));
  const requests = byLabels(metrics.counterSeries('http_requests_total', 'Requests answered'));
  const known = new Map<string, Map<number, Series>>();
  const make = (action: string | null, route: string, status: number): Series => ({
    seconds: seconds({ route, action: action ?? 'none', status: `${Math.floor(status / 100)}xx` }),
    requests: requests({ action: action ?? 'none', status: String(status) }),
    text: JSON.stringify({ route, action, status }).slice(1, -1),
  });
  return (request, { statusCode }) => {
    const { action } = request.facts;
    // An action has one route, and no action's name looks like a path.
    const name = action ?? request.routeOptions.url ?? 'unmatched';
    const series = known.get(name)?.get(statusCode);
    if (series) return series;
    const first = make(action, request.routeOptions.url ?? 'unmatched', statusCode);
    known.set(name, new Map(known.get(name)).set(statusCode, first));
    return first;
  };
}

/** Several statuses share one series of the histogram, and several routes one of the counter. */
function byLabels<Made>(make: (labels: Record<string, string>) => Made): typeof make {
  const known = new Map<string, Made>();
  return (labels) => {
    const name = JSON.stringify(labels);
    const made = known.get(name) ?? make(labels);
    known.set(name, made);
    return made;
  };
}

/** A partner is the same object for all requests of about a second. */
function createPartnerText(): (partner: Partner | null) => string {
  const known = new WeakMap<Partner, string>();
  const nobody = textOf(null);
  return (partner) => {
    if (!partner) return nobody;
    let text = known.get(partner);
    if (text === undefined) {
      text = textOf(partner);
      known.set(partner, text);
    }
    return text;
  };
}

function textOf(partner: Partner | null): string {
  const { keyId: key_id = null, userId: user_id = null, mode = null } = partner ?? {};
  return JSON.stringify({ key_id, user_id, mode }).slice(1, -1);
}

function idsText({ ids, token }: RequestFacts): string {
  let text = token === undefined ? '' : `,"token":${JSON.stringify(token)}`;
  for (const name in ids) text += `,"${name}":${JSON.stringify(ids[name])}`;
  return text;
}
