import { runCommand } from '../run-command.ts';

export const resendActivation = runCommand('resend', (provider, providerRef) =>
  provider.requestAnotherCode(providerRef),
);
