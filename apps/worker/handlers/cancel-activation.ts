import { runCommand } from '../run-command.ts';

export const cancelActivation = runCommand('cancel', (provider, providerRef) => provider.cancel(providerRef));
