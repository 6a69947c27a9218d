import type { FastifyInstance } from 'fastify';
import type { GatewayDeps } from '../deps.ts';

/** One line and one observation per request. No URL, since queries hold numbers and ids hold guesses. */
export function registerRequestLog(app: FastifyInstance, { ctx, metrics }: GatewayDeps): void {
  const seconds = metrics.histogram('http_request_seconds', 'Time to answer', ['route', 'action', 'status']);
  const requests = metrics.counter('http_requests_total', 'Requests answered', ['action', 'status']);
  // Its fields are those below: there is nothing to remove from it, and looking costs as much as writing.
  const log = ctx.log.child({}, { redact: [] });
  app.addHook('onResponse', (request, reply, done) => {
    const { facts } = request;
    const ms = performance.now() - facts.startedAt;
    const route = request.routeOptions.url ?? 'unmatched';
    const action = facts.action ?? 'none';
    seconds.observe({ route, action, status: `${Math.floor(reply.statusCode / 100)}xx` }, ms / 1_000);
    requests.inc({ action, status: String(reply.statusCode) });
    log[reply.statusCode >= 500 ? 'warn' : 'info']({
      event: 'http.request',
      request_id: request.id,
      method: request.method,
      route,
      action: facts.action,
      status: reply.statusCode,
      ms: Math.round(ms * 10) / 10,
      key_id: facts.partner?.keyId ?? null,
      user_id: facts.partner?.userId ?? null,
      mode: facts.partner?.mode ?? null,
      ...facts.ids,
      ...(facts.token === undefined ? {} : { token: facts.token }),
    });
    done();
  });
}
