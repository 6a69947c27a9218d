import { runCommand } from '../run-command.ts';

export const finishActivation = runCommand('finish', (provider, providerRef) => provider.finish(providerRef));
