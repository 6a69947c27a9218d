import type { StatusAnswer } from '#libs/domain';
import type { HttpResult } from '#libs/platform';
import type { SafeText } from '../safe-text.ts';
import { noInformation } from './no-information.ts';
import { readReply } from './reply.ts';

/** getStatus. A cancel moves money, so only its plain token counts, never words in a JSON envelope. */
export function parseStatus(result: HttpResult, safe: SafeText): StatusAnswer {
  if (result.kind !== 'response' || result.status !== 200) return noInformation(result, safe);
  const reply = readReply(result.body);
  const denied = (reply.kind === 'token' || reply.kind === 'refusal') && deniesActivation(reply.name);
  if (denied) return { kind: 'denied', raw: safe(result.body) };
  if (reply.kind !== 'token') return noInformation(result, safe);
  return stateOf(reply.name, reply.argument) ?? noInformation(result, safe);
}

export function deniesActivation(name: string): boolean {
  return name === 'NO_ACTIVATION' || name === 'WRONG_ACTIVATION_ID';
}

function stateOf(name: string, argument: string | null): StatusAnswer | null {
  switch (name) {
    case 'STATUS_WAIT_CODE':
    case 'STATUS_WAIT_RESEND':
    // Its argument is the previous code, not a new one.
    case 'STATUS_WAIT_RETRY':
      return { kind: 'waiting' };
    case 'STATUS_CANCEL':
    case 'ACCESS_CANCEL':
      return { kind: 'cancelled' };
    case 'STATUS_OK': {
      const code = unquote(argument ?? '');
      return code === '' ? null : { kind: 'code', code };
    }
    default:
      return null;
  }
}

/** The documentation writes `STATUS_OK: 'code'`. A code keeps its colons and leading zeros. */
function unquote(text: string): string {
  const [, quoted] = /^(?:'([\s\S]*)'|"([\s\S]*)")$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  return (quoted ?? text).trim();
}
