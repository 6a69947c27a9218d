import { type MessageState, twilioErrorReason } from '#libs/domain';

/** Why a message did not arrive, from the provider's error code; without a failure all three are null. */
export interface MessageFailure {
  providerErrorCode: string | null;
  error: string | null;
  errorMessage: string | null;
}

/** A failed message always has a reason, also where the provider names none. */
export function messageFailure(state: MessageState, code: string | null): MessageFailure {
  if (state !== 'failed' && state !== 'undelivered')
    return { providerErrorCode: code, error: null, errorMessage: null };
  const known = code === null ? null : twilioErrorReason(code);
  const said = code ? `The provider reported error ${code}.` : `The provider reported it as ${state}.`;
  return {
    providerErrorCode: code,
    error: known?.reason ?? state,
    errorMessage: known?.description ?? said,
  };
}
