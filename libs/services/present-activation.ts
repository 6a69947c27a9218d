import { type ActivationState, formatMicros, isBeingBought } from '#libs/domain';
import type { ActivationRow, CodeRow } from '#libs/store';
import type { ServiceContext } from './context.ts';

export type PublicActivationStatus = 'waiting' | 'received' | 'cancelled' | 'unknown';

/** Upstream's answers must be unusable that often in a row before a partner is told. */
export const UNUSABLE_THRESHOLD = 3;

/** The reply to `status`. `codes` are this rental's, oldest first. */
export function presentActivation(ctx: Pick<ServiceContext, 'vault'>, row: ActivationRow, codes: CodeRow[]) {
  const status = publicActivationStatus(row);
  return {
    ok: true,
    activation_id: String(row.id),
    status,
    phone: row.phone,
    ...(isBeingBought(row.state) ? { pending: true } : {}),
    ...presentCodes(ctx, status, codes),
    ...presentEnd(status, row),
    ...(status === 'unknown' ? { raw: rawOf(ctx, row) } : {}),
    ...(row.cancelRequestedAt && status === 'waiting' ? { cancel_requested: true } : {}),
    service: row.service,
    country: row.country,
    price: formatMicros(row.priceMicros),
    settlement: settlementOf(row.state),
    api_id: row.providerId,
    client_ref: row.clientRef,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    earliest_cancel_at: row.earliestCancelAt?.toISOString() ?? null,
  };
}

/** `otp` is the latest code, and absent while another one is awaited. */
function presentCodes(ctx: Pick<ServiceContext, 'vault'>, status: PublicActivationStatus, codes: CodeRow[]) {
  const messages = codes.map((code) => presentCode(ctx, code));
  const latest = messages.at(-1);
  if (!latest) return {};
  return { ...(status === 'waiting' ? {} : { otp: latest.code }), messages };
}

function presentEnd(status: PublicActivationStatus, row: ActivationRow) {
  if (status !== 'cancelled') return {};
  return {
    reason: row.reason,
    ...(row.reasonMessage ? { reason_message: row.reasonMessage } : {}),
    ...(row.lateCode ? { late_code: true } : {}),
  };
}

export function publicActivationStatus(row: ActivationRow): PublicActivationStatus {
  switch (row.state) {
    case 'pending':
    case 'buying':
    case 'purchase_unknown':
      return 'waiting';
    case 'active':
      return row.unusableAnswers >= UNUSABLE_THRESHOLD ? 'unknown' : 'waiting';
    case 'received':
      return row.expectingCode ? waitingForAnother(row) : 'received';
    case 'finished':
      return 'received';
    default:
      return 'cancelled';
  }
}

/** While another code is awaited the old one must not be taken for it: it stays in `messages` only. */
function waitingForAnother(row: ActivationRow): PublicActivationStatus {
  return row.unusableAnswers >= UNUSABLE_THRESHOLD ? 'unknown' : 'waiting';
}

function presentCode(ctx: Pick<ServiceContext, 'vault'>, code: CodeRow) {
  return {
    code: code.code && ctx.vault.decrypt(code.code, codeContext(code.activationId)),
    text: code.text && ctx.vault.decrypt(code.text, textContext(code.activationId)),
    received_at: code.receivedAt.toISOString(),
    ...(code.late ? { late: true } : {}),
  };
}

export const codeContext = (activationId: number): string => `activation_codes.code:${activationId}`;
export const textContext = (activationId: number): string => `activation_codes.text:${activationId}`;
export const rawContext = (activationId: number): string => `activations.unusable_raw:${activationId}`;

function rawOf(ctx: Pick<ServiceContext, 'vault'>, row: ActivationRow): string {
  return row.unusableRaw ? ctx.vault.decrypt(row.unusableRaw, rawContext(row.id)).slice(0, 200) : '';
}

function settlementOf(state: ActivationState): 'held' | 'captured' | 'released' {
  if (state === 'received' || state === 'finished') return 'captured';
  return isBeingBought(state) || state === 'active' ? 'held' : 'released';
}
