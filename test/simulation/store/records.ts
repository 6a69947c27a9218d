import type {
  ActivationCommand,
  ActivationReason,
  ActivationState,
  MessageState,
  Micros,
} from '#libs/domain';

/** A row of `messages`. Times are milliseconds since 1970. */
export interface MessageRecord {
  id: string;
  owner: string;
  toNumber: string;
  body: Buffer;
  encoding: string;
  segments: number;
  reference: string | null;
  test: boolean;
  state: MessageState;
  epoch: number;
  claim: string | null;
  nextAttemptAt: number;
  nudgedAt: number | null;
  validUntil: number;
  callStartedAt: number | null;
  callFinishedAt: number | null;
  lookUntil: number | null;
  lookups: number;
  providerSid: string | null;
  adopted: boolean;
  providerStatus: string | null;
  providerRank: number;
  error: string | null;
  providerErrorCode: string | null;
  errorMessage: string | null;
  createdAt: number;
  calls: number;
  calledEpoch: number;
  repeatedCalls: number;
  toldSent: boolean;
}

/** A row of `activations`. */
export interface ActivationRecord {
  id: number;
  userId: number;
  providerId: number;
  providerRef: string | null;
  service: string;
  country: number;
  priceMicros: Micros;
  maxCostMicros: Micros;
  costMicros: Micros | null;
  phone: string | null;
  state: ActivationState;
  reason: ActivationReason | null;
  reasonMessage: string | null;
  currentPriceMicros: Micros | null;
  version: number;
  epoch: number;
  claim: string | null;
  nextAttemptAt: number;
  nudgedAt: number | null;
  buyUntil: number;
  callStartedAt: number | null;
  purchasedAt: number | null;
  expiresAt: number | null;
  earliestCancelAt: number | null;
  releaseAt: number | null;
  expectingCode: boolean;
  lateCode: boolean;
  unusableAnswers: number;
  cancelRequestedAt: number | null;
  command: ActivationCommand | null;
  commandEpoch: number;
  commandClaimedEpoch: number;
  commandClaimedAt: number | null;
  commandNextAt: number | null;
  commandNudgedAt: number | null;
  commandAnswer: string | null;
  calls: number;
  calledEpoch: number;
  repeatedCalls: number;
  commandCalls: number;
  commandRepeatedCalls: number;
  deniedAt: number | null;
  createdAt: number;
  endedAt: number | null;
}

export interface CodeRecord {
  activationId: number;
  code: Buffer;
  codeHash: Buffer;
  text: Buffer | null;
  late: boolean;
  receivedAt: number;
}

export interface PushRecord {
  id: bigint;
  providerId: number;
  providerRef: string;
  service: string | null;
  country: number | null;
  content: Buffer;
  contentHash: Buffer;
  hasCode: boolean;
  receivedAt: number;
}

export interface SuspenseRecord {
  id: number;
  kind: string;
  providerId: number;
  providerRef: string | null;
  activationId: number;
  amountMicros: Micros;
  costMicros: Micros | null;
}

export interface LedgerRecord {
  kind: string;
  userId: number | null;
  providerId: number | null;
  activationId: number | null;
  reference: string | null;
  amountMicros: Micros;
  reason: string;
}

export interface Posting {
  transaction: LedgerRecord;
  account: string;
  userId: number | null;
  amountMicros: Micros;
}

export interface WalletRecord {
  balanceMicros: Micros;
  heldMicros: Micros;
  version: number;
}

export interface HealthRecord {
  refusesUntil: number | null;
  reason: string | null;
  message: string | null;
  failures: number;
}

/** A move of one row from state to state, in the order they were made. */
export type Move =
  | { row: 'message'; id: string; from: MessageState; to: MessageState }
  | { row: 'activation'; id: number; from: ActivationState; to: ActivationState };
