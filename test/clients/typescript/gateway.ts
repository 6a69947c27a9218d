import { startWorker } from '../../../apps/worker/start.ts';
import { type ClientOptions, SmsxClient } from '../../../clients/typescript/src/index.ts';
import { freePort } from '../../../scripts/lib/ports.mjs';
import { gatewayOfSystem, type TestGateway, type TestPartner } from '../../apps/gateway/gateway.ts';
import type { Teardown } from '../../helpers/services.ts';
import { type System, type SystemOptions, startSystem } from '../../helpers/system.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../helpers/webhook-receiver.ts';

/** Everything a partner's program meets. */
export interface Served {
  system: System;
  gateway: TestGateway;
  receiver: WebhookReceiver;
  port: number;
  /** A client of this partner, or of the main one. */
  clientOf(partner?: TestPartner, options?: Partial<ClientOptions>): SmsxClient;
}

/** A gateway that listens, with worker and poller; webhooks reach the receiver. */
export async function serve(t: Teardown, options: SystemOptions = {}): Promise<Served> {
  const port = await freePort();
  // Twilio's callbacks come here too: without them nothing is delivered.
  const env = { ...options.env, PUBLIC_BASE_URL: `http://127.0.0.1:${port}` };
  const system = await startSystem(t, { ...options, env, workers: 0 });
  const receiver = await startWebhookReceiver(t);
  await startWorker(system.context('worker'), {
    redisPrefix: system.redisPrefix,
    webhooks: receiver.reach,
  });
  const gateway = await gatewayOfSystem(t, system, { streamLifetimeMs: 45_000 });
  await gateway.app.listen({ host: '127.0.0.1', port });
  return {
    system,
    gateway,
    receiver,
    port,
    clientOf: (partner = gateway.main, changes = {}) =>
      new SmsxClient({ baseUrl: `http://127.0.0.1:${port}`, apiKey: partner.secret, ...changes }),
  };
}
