import type { Call, ProviderName } from './calls.ts';
import { type FaultKind, REPLY_FAULTS } from './fault-kinds.ts';

/** A way to fail, as the control API takes it. Which fields a kind reads: fault-kinds.ts. */
export interface FaultRequest {
  provider: ProviderName;
  kind: FaultKind;
  /** An action of the provider, or `*`. Required for the kinds that replace a reply. */
  action?: string;
  /** How many matching calls it hits; null = until cleared. Default 1. */
  times?: number | null;
  /** Matching calls that pass unharmed first. */
  skip?: number;
  /** Twilio only: this recipient. */
  to?: string;
  /** SMSBower only: this activation. */
  activationId?: string;
  /** Reply faults: the request is carried out all the same. Default false. */
  commit?: boolean;
  delayMs?: number;
  httpStatus?: number;
  body?: string;
  errorCode?: number;
  status?: 'sent' | 'delivered' | 'undelivered' | 'failed';
  retryAfterSeconds?: number;
}

export interface Fault extends FaultRequest {
  id: string;
  /** How many calls it has hit. */
  hits: number;
}

export interface FaultBook {
  add(request: FaultRequest): Fault;
  list(): Fault[];
  /** Without an id: all of them. Returns how many went. */
  clear(id?: string): number;
  /** The first fault in force that replaces the reply to this call; uses one of its `times`. */
  takeReply(call: Call): Fault | null;
  /** The same for one kind that changes behaviour. */
  take(kind: FaultKind, call: Call): Fault | null;
}

export function createFaultBook(): FaultBook {
  const faults = new Map<string, Fault>();
  let lastId = 0;
  const takeWhere = (matches: (fault: Fault) => boolean): Fault | null => {
    for (const fault of faults.values()) {
      if (matches(fault) && strikes(fault)) {
        if (isUsedUp(fault)) faults.delete(fault.id);
        return fault;
      }
    }
    return null;
  };
  return {
    add(request) {
      lastId += 1;
      const fault: Fault = { ...request, id: String(lastId), hits: 0, skip: request.skip ?? 0 };
      faults.set(fault.id, fault);
      return { ...fault };
    },
    list: () => [...faults.values()].map((fault) => ({ ...fault })),
    clear(id) {
      const gone = id === undefined ? faults.size : Number(faults.has(id));
      if (id === undefined) faults.clear();
      else faults.delete(id);
      return gone;
    },
    takeReply: (call) => takeWhere((fault) => REPLY_FAULTS.has(fault.kind) && isAbout(fault, call)),
    take: (kind, call) => takeWhere((fault) => fault.kind === kind && isAbout(fault, call)),
  };
}

function isAbout(fault: Fault, call: Call): boolean {
  if (fault.provider !== call.provider) return false;
  if (fault.action !== undefined && fault.action !== '*' && fault.action !== call.action) return false;
  if (fault.to !== undefined && fault.to !== call.to) return false;
  return fault.activationId === undefined || fault.activationId === call.activationId;
}

/** Counts the call against `skip`, then against `times`. */
function strikes(fault: Fault): boolean {
  if (fault.skip) {
    fault.skip -= 1;
    return false;
  }
  fault.hits += 1;
  return true;
}

function isUsedUp(fault: Fault): boolean {
  const times = fault.times === undefined ? 1 : fault.times;
  return times !== null && fault.hits >= times;
}
