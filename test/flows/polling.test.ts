import t from 'tap';
import { createApiKey, SCOPES } from '#libs/services';
import { startGateway } from '../../apps/gateway/start.ts';
import { createPartner } from '../helpers/partner.ts';
import { startSystem } from '../helpers/system.ts';

t.test('a thousand polls of a partner cause no call upstream', async (t) => {
  const system = await startSystem(t, { env: { RATE_LIMIT_PER_SECOND: '0' }, pollers: 0 });
  const { url } = await startGateway(system.context('gateway'), { redisPrefix: system.redisPrefix });
  const { rent, userId } = await createPartner(system.ctx);
  const input = { userId, name: 'test', scopes: SCOPES };
  const { secret } = await createApiKey({ ctx: system.ctx, input });
  const id = (await rent()).json.activation_id;
  await system.sandbox.control.resetCalls();

  const statuses = new Map<string, number>();
  for (let round = 0; round < 20; round += 1) {
    const replies = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const response = await fetch(`${url}/api/virtual-numbers.php?action=status&id=${id}`, {
          headers: { 'x-api-key': secret },
        });
        return ((await response.json()) as { status: string }).status;
      }),
    );
    for (const status of replies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }

  t.strictSame([...statuses], [['waiting', 1_000]]);
  t.strictSame(await system.sandbox.control.calls(), {}, 'the provider heard nothing');
});
