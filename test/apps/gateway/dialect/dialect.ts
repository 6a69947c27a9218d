import type { LightMyRequestResponse } from 'fastify';
import { DIALECT_PATH } from '../../../../apps/gateway/dialect/index.ts';
import type { Teardown } from '../../../helpers/services.ts';
import { type System, type SystemOptions, startSystem } from '../../../helpers/system.ts';
import { until } from '../../../helpers/until.ts';
import { gatewayOfSystem, type TestGateway, type TestPartner } from '../gateway.ts';

export type Asked = Record<string, string | number | undefined>;

export interface TestDialect extends System {
  gateway: TestGateway;
  /** The text of the answer to an action of `main`, asked with GET. */
  ask(action: string, asked?: Asked, partner?: TestPartner): Promise<string>;
  /** The same as JSON. */
  json(action: string, asked?: Asked, partner?: TestPartner): Promise<Record<string, unknown>>;
  /** Buys with getNumber; fails on anything but a number. */
  buy(asked?: Asked, partner?: TestPartner): Promise<{ id: string; phone: string }>;
  statusBecomes(id: string, wanted: string): Promise<void>;
}

/** A gateway with its workers, pollers and sandbox. Upstream allows a cancel at once. */
export async function startDialect(t: Teardown, options: SystemOptions = {}): Promise<TestDialect> {
  const system = await startSystem(t, {
    ...options,
    sandbox: { earliestCancelSeconds: 0, ...options.sandbox },
  });
  const gateway = await gatewayOfSystem(t, system);
  const ask: TestDialect['ask'] = async (action, asked = {}, partner = gateway.main) =>
    (await askGateway(gateway, { api_key: partner.secret, action, ...asked })).body;
  return {
    ...system,
    gateway,
    ask,
    json: async (action, asked, partner) => JSON.parse(await ask(action, asked, partner)),
    async buy(asked = {}, partner) {
      const text = await ask('getNumber', { service: 'tg', country: 22, ...asked }, partner);
      const [, id = '', phone = ''] = /^ACCESS_NUMBER:(\d+):(\d+)$/.exec(text) ?? [];
      if (phone === '') throw new Error(`no number: ${text}`);
      return { id, phone };
    },
    async statusBecomes(id, wanted) {
      await until(async () => (await ask('getStatus', { id })) === wanted, { what: `${wanted} of ${id}` });
    },
  };
}

/** One request by GET, or as a form by POST; whatever the headers of `TestGateway.call` would say is left out. */
export function askGateway(
  gateway: Pick<TestGateway, 'app'>,
  asked: Asked,
  method: 'GET' | 'POST' = 'GET',
): Promise<LightMyRequestResponse> {
  const pairs = Object.entries(asked).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const text = new URLSearchParams(pairs).toString();
  return method === 'GET'
    ? gateway.app.inject({ url: `${DIALECT_PATH}?${text}` })
    : gateway.app.inject({ method, url: DIALECT_PATH, payload: text });
}
