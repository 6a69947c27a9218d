import type { CommandAnswer } from '#libs/domain';
import type { HttpResult } from '#libs/platform';
import type { SafeText } from '../safe-text.ts';
import { noInformation } from './no-information.ts';
import { deniesActivation } from './parse-status.ts';
import { readReply } from './reply.ts';

export type Command = 'cancel' | 'requestAnotherCode' | 'finish';

/** The `status` parameter of setStatus. */
export const COMMAND_STATUS: Record<Command, string> = { requestAnotherCode: '3', finish: '6', cancel: '8' };

/** The confirmation of each command, and the getStatus answers that prove the same state. */
const DONE: Record<Command, readonly string[]> = {
  requestAnotherCode: ['ACCESS_RETRY_GET', 'STATUS_WAIT_RETRY', 'STATUS_WAIT_RESEND'],
  finish: ['ACCESS_ACTIVATION'],
  cancel: ['ACCESS_CANCEL', 'STATUS_CANCEL'],
};

/** setStatus. */
export function parseCommand(command: Command, result: HttpResult, safe: SafeText): CommandAnswer {
  if (result.kind !== 'response' || result.status !== 200) return noInformation(result, safe);
  const reply = readReply(result.body);
  if (reply.kind !== 'token' && reply.kind !== 'refusal') return noInformation(result, safe);
  if (deniesActivation(reply.name)) return { kind: 'denied', raw: safe(result.body) };
  if (reply.name === 'EARLY_CANCEL_DENIED')
    return command === 'cancel' ? { kind: 'too_early' } : { kind: 'refused' };
  if (reply.name === 'BAD_STATUS') return { kind: 'refused' };
  if (reply.kind !== 'token') return noInformation(result, safe);
  if (DONE[command].includes(reply.name)) return { kind: 'done' };
  // It answered with another state than the one asked for: the caller asks for the status and decides.
  return reply.name.startsWith('STATUS_') ? { kind: 'refused' } : noInformation(result, safe);
}
