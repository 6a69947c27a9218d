import { PublicError } from '#libs/domain';
import { cancelActivation, finishActivation, resendActivation } from '#libs/services';
import type { DialectAction, DialectCall } from '../action.ts';
import { activationIdOf } from '../parameters.ts';
import { readRental, statusOf } from '../rental.ts';
import type { Token } from '../tokens.ts';

type Change = (call: DialectCall, id: number) => Promise<Token>;

/** -1 is how the oldest clients cancel. */
const CHANGES = new Map<string, Change>([
  ['1', ready],
  ['3', another],
  ['6', finish],
  ['8', cancel],
  ['-1', cancel],
]);

export const setStatus: DialectAction = {
  name: 'setStatus',
  summary: '1: ACCESS_READY. 3: ACCESS_RETRY_GET. 6: ACCESS_ACTIVATION. 8: ACCESS_CANCEL.',
  async run(call) {
    const id = activationIdOf(call.parameters);
    const change = CHANGES.get(call.parameters.get('status')?.trim() ?? '');
    return { token: change ? await change(call, id) : 'BAD_STATUS', ids: { activation_id: id } };
  },
};

/** Says nothing that upstream needs to hear. */
async function ready(call: DialectCall): Promise<Token> {
  return (await readRental(call)).status === 'cancelled' ? 'BAD_STATUS' : 'ACCESS_READY';
}

/**
 * Without upstream's consent the old code would still be read as the new one: then it is to be asked again. Once it
 * consented, nothing is left to ask.
 */
async function another(call: DialectCall, id: number): Promise<Token> {
  const { ctx, partner } = call;
  if (statusOf(await readRental(call)).token === 'STATUS_WAIT_RETRY') return 'ACCESS_RETRY_GET';
  const { status } = await resendActivation({ ctx, input: { partner, id } });
  return status === 200 ? 'ACCESS_RETRY_GET' : 'ERROR_SQL';
}

/** The code is paid, so a wish that is noted is as good as done; and it is done once. */
async function finish({ ctx, partner }: DialectCall, id: number): Promise<Token> {
  return finishActivation({ ctx, input: { partner, id } }).then(
    () => 'ACCESS_ACTIVATION',
    (error: unknown) => tokenIf(error, 'already_finished', 'ACCESS_ACTIVATION'),
  );
}

/** Refused for now: the wish is kept and carried out when upstream allows it; asked again then, it is cancelled. */
async function cancel({ ctx, partner }: DialectCall, id: number): Promise<Token> {
  return cancelActivation({ ctx, input: { partner, id } }).then(
    ({ status }) => (status === 200 ? 'ACCESS_CANCEL' : 'EARLY_CANCEL_DENIED'),
    (error: unknown) => tokenIf(error, 'already_cancelled', 'ACCESS_CANCEL'),
  );
}

function tokenIf(error: unknown, code: PublicError['code'], token: Token): Token {
  if (error instanceof PublicError && error.code === code) return token;
  throw error;
}
