import { messageStateOfProviderStatus, publicMessageStatus } from '#libs/domain';
import type { MessageRow } from '#libs/store';

export interface HeardWord {
  providerStatus: string;
  providerErrorCode: string | null;
  heardAt: Date;
}

interface Step {
  at: Date;
  status: string;
  attempt?: number;
  provider_status?: string;
  error_code?: string | null;
  error?: string | null;
}

/** The states a message went through, in order, as far as they are kept: of several attempts the last one is. */
export function messageTimeline(row: MessageRow, events: readonly HeardWord[]) {
  const steps: Step[] = [{ at: row.createdAt, status: 'queued' }, ...callOf(row), ...events.map(stepOfWord)];
  const status = publicMessageStatus(row.state);
  const told = steps.some((step) => step.status === status);
  const { error } = row;
  if (row.state !== 'ready' && row.state !== 'calling' && !told) {
    steps.push({ at: row.updatedAt, status, ...(error === null ? {} : { error }) });
  }
  return steps
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, ...step }) => ({ at: at.toISOString(), ...step }));
}

function callOf(row: MessageRow): Step[] {
  if (row.callStartedAt === null) return [];
  const handed: Step = { at: row.callStartedAt, status: 'sending', attempt: row.epoch };
  const accepted = row.callFinishedAt !== null && row.providerSid !== null;
  return accepted && row.callFinishedAt ? [handed, { at: row.callFinishedAt, status: 'sent' }] : [handed];
}

function stepOfWord({ heardAt, providerStatus, providerErrorCode }: HeardWord): Step {
  const state = messageStateOfProviderStatus(providerStatus);
  return {
    at: heardAt,
    status: state === null ? 'unknown' : publicMessageStatus(state),
    provider_status: providerStatus,
    error_code: providerErrorCode,
  };
}
