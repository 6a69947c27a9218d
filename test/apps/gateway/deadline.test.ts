import fastify from 'fastify';
import { pino } from 'pino';
import t from 'tap';
import { registerDeadline } from '../../../apps/gateway/plugins/deadline.ts';
import { registerErrors } from '../../../apps/gateway/plugins/errors.ts';
import { registerRequestFacts } from '../../../apps/gateway/plugins/request-facts.ts';

t.test('a handler that never ends is answered for; its late reply goes nowhere', async (t) => {
  const app = fastify();
  t.teardown(() => app.close());
  registerRequestFacts(app, { isDraining: () => false });
  registerDeadline(app, 50);
  registerErrors(app, pino({ level: 'silent' }));
  let finishLate: (value: string) => void = () => undefined;
  app.get('/late', () => new Promise((resolve) => (finishLate = resolve)));
  app.get('/prompt', async () => 'prompt');
  // A process without a listener would end instead of waiting.
  await app.listen({ host: '127.0.0.1', port: 0 });
  const late = app.inject('/late');
  t.equal((await app.inject('/prompt')).body, 'prompt');
  const answer = await late;
  t.equal(answer.statusCode, 503);
  t.match(answer.json(), { ok: false, error: 'overloaded' });
  finishLate('too late');
  t.equal((await app.inject('/prompt')).body, 'prompt', 'and the process goes on');
});
