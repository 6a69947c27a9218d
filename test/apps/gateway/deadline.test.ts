import fastify from 'fastify';
import { pino } from 'pino';
import t from 'tap';
import { registerDeadline } from '../../../apps/gateway/plugins/deadline.ts';
import { registerErrors } from '../../../apps/gateway/plugins/errors.ts';
import { registerRequestFacts } from '../../../apps/gateway/plugins/request-facts.ts';

for (const method of ['GET', 'POST'] as const) {
  t.test(`${method}: a handler that never ends is answered for; its late reply goes nowhere`, async (t) => {
    const app = fastify();
    t.teardown(() => app.close());
    registerRequestFacts(app, { isDraining: () => false });
    registerDeadline(app, 50);
    registerErrors(app, { log: pino({ level: 'silent' }), config: { publicBaseUrl: null } });
    let finishLate: (value: string) => void = () => undefined;
    app.route({ method, url: '/late', handler: () => new Promise((resolve) => (finishLate = resolve)) });
    app.route({ method, url: '/prompt', handler: async () => 'prompt' });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const ask = async (path: string) => {
      const body = method === 'POST' ? JSON.stringify({ to: '+15551234567' }) : null;
      const reply = await fetch(url + path, {
        method,
        body,
        headers: { 'content-type': 'application/json' },
      });
      return { status: reply.status, body: await reply.text() };
    };
    const late = ask('/late');
    t.equal((await ask('/prompt')).body, 'prompt');
    const answer = await late;
    t.equal(answer.status, 503);
    t.match(JSON.parse(answer.body), { ok: false, error: 'overloaded' });
    finishLate('too late');
    t.equal((await ask('/prompt')).body, 'prompt', 'and the process goes on');
  });
}
