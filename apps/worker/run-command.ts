import type { ActivationCommand, CommandAnswer } from '#libs/domain';
import type { NumberProvider } from '#libs/providers';
import { persistently, settleCommand } from '#libs/services';
import { claimCommand } from '#libs/store';
import type { JobHandler } from './deps.ts';

type Ask = (provider: NumberProvider, providerRef: string) => Promise<CommandAnswer>;

/** A handler that claims one epoch of a command, asks the provider once and writes its answer. */
export function runCommand(command: ActivationCommand, ask: Ask): JobHandler {
  return async ({ ctx, numbers, timer }, { id: idText, epoch }) => {
    const key = { id: Number(idText), command, epoch };
    const activation = await claimCommand(ctx.db, key);
    if (!activation?.providerRef) return;
    ctx.crashPoint('command.claimed');
    const { providerRef, providerId } = activation;
    const provider = await numbers.get(providerId);
    if (!provider) return;
    const name = `number:${providerId}`;
    const answer = await timer.time(name, command, () => ask(provider, providerRef));
    ctx.crashPoint('command.answered');
    const askStatus = () => timer.time(name, 'status', () => provider.status(providerRef));
    await persistently(() => settleCommand({ ctx, input: { activation, key, answer, askStatus } }));
    ctx.crashPoint('command.settled');
  };
}
