// The limit of everything that answers HTTP: Fastify with a schema and constant JSON.
import { fastify } from 'fastify';
import { readSpec, say } from './protocol.ts';

const { port = 0 } = readSpec<{ port?: number }>();
const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };

const STATUS = {
  ok: true,
  activation_id: '1',
  status: 'waiting',
  phone: '+15550000001',
  service: 'tg',
  country: 22,
  price: '0.30',
  settlement: 'held',
  api_id: 1,
  client_ref: null,
  created_at: '2030-01-31T09:00:00.000Z',
  expires_at: '2030-01-31T09:20:00.000Z',
  earliest_cancel_at: '2030-01-31T09:02:00.000Z',
};
const ACCEPTED = {
  ok: true,
  id: '0d9f5cf6-8a0e-4d3f-9a51-3f1f6c8f7d11',
  status: 'queued',
  segments: 1,
  encoding: 'gsm7',
};

const app = fastify({ logger: false });
app.get('/api/virtual-numbers.php', { schema: { response: { 200: objectOf(STATUS) } } }, async () => STATUS);
app.post(
  '/api/sms-send.php',
  {
    schema: {
      body: { type: 'object', required: ['to', 'message'], properties: { to: text, message: text } },
      response: { 200: objectOf(ACCEPTED) },
    },
  },
  async () => ACCEPTED,
);
await app.listen({ host: '127.0.0.1', port });
const address = app.server.address();
say({ event: 'ready', port: typeof address === 'object' && address ? address.port : 0 });

function objectOf(example: Record<string, unknown>) {
  const typeOf = (value: unknown) =>
    typeof value === 'boolean'
      ? { type: 'boolean' }
      : typeof value === 'number'
        ? { type: 'integer' }
        : textOrNull;
  const entries = Object.entries(example).map(([name, value]) => [name, typeOf(value)]);
  return { type: 'object', properties: Object.fromEntries(entries) };
}
