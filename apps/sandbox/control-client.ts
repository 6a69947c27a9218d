import type {
  BalanceView,
  CodeRequest,
  Delivery,
  Fault,
  FaultRequest,
  MessageView,
  OfferChange,
  RentalSelector,
  RentalView,
  Tunables,
} from './control/protocol.ts';
import type { MessageStatus } from './core/state.ts';

export type * from './control/protocol.ts';

/** The control API as functions. Every one rejects with the API's own words when it is refused. */
export interface SandboxControl {
  /** Lets an SMS arrive; resolves after it was pushed for the first time. */
  deliverCode(request: CodeRequest): Promise<RentalView>;
  /** Ends the rental's lifetime now: without a code it is cancelled and refunded. */
  expire(selector: RentalSelector): Promise<RentalView>;
  rentals(): Promise<RentalView[]>;
  messages(): Promise<MessageView[]>;
  /** Moves a message on and reports it by callback; resolves after the callback. */
  setMessageStatus(sid: string, status: MessageStatus, errorCode?: number): Promise<MessageView>;
  balance(): Promise<BalanceView>;
  /** Dollars. */
  setBalance(balance: string): Promise<BalanceView>;
  changeOffers(change: OfferChange): Promise<{ providerId: number; price: string; count: number }[]>;
  /** Calls received since the start or the last reset: `{"smsbower.getStatus": 3, "twilio.create": 1}`. */
  calls(): Promise<Record<string, number>>;
  resetCalls(): Promise<void>;
  addFault(fault: FaultRequest): Promise<Fault>;
  faults(): Promise<Fault[]>;
  /** Without an id: all of them. */
  clearFaults(id?: string): Promise<void>;
  /** The last callbacks and pushes, oldest first. */
  deliveries(): Promise<Delivery[]>;
  settings(): Promise<Tunables>;
  changeSettings(changes: Partial<Tunables>): Promise<Tunables>;
  /** Moves the sandbox's clock forward: what falls due happens now. */
  advance(seconds: number): Promise<void>;
}

/** `url` is the sandbox's own, as `startSandbox` returns it. */
export function createSandboxControl(url: string): SandboxControl {
  const base = `${url.replace(/\/+$/, '')}/control`;
  return {
    deliverCode: async (request) =>
      (await call<{ rental: RentalView }>(base, 'POST', '/code', request)).rental,
    expire: async (selector) =>
      (await call<{ rental: RentalView }>(base, 'POST', '/expire', selector)).rental,
    rentals: async () => (await call<{ rentals: RentalView[] }>(base, 'GET', '/rentals')).rentals,
    messages: async () => (await call<{ messages: MessageView[] }>(base, 'GET', '/messages')).messages,
    setMessageStatus: async (sid, status, errorCode) => {
      const body = { sid, status, errorCode };
      return (await call<{ message: MessageView }>(base, 'POST', '/message-status', body)).message;
    },
    balance: () => call(base, 'GET', '/balance'),
    setBalance: (balance) => call(base, 'PUT', '/balance', { balance }),
    changeOffers: async (change) => {
      type Offers = { offers: { providerId: number; price: string; count: number }[] };
      return (await call<Offers>(base, 'POST', '/offers', change)).offers;
    },
    calls: async () => (await call<{ calls: Record<string, number> }>(base, 'GET', '/calls')).calls,
    resetCalls: () => call(base, 'DELETE', '/calls'),
    addFault: async (fault) => (await call<{ fault: Fault }>(base, 'POST', '/faults', fault)).fault,
    faults: async () => (await call<{ faults: Fault[] }>(base, 'GET', '/faults')).faults,
    clearFaults: (id) =>
      call(base, 'DELETE', `/faults${id === undefined ? '' : `?id=${encodeURIComponent(id)}`}`),
    deliveries: async () => (await call<{ deliveries: Delivery[] }>(base, 'GET', '/deliveries')).deliveries,
    settings: () => call(base, 'GET', '/settings'),
    changeSettings: (changes) => call(base, 'PUT', '/settings', changes),
    advance: (advanceSeconds) => call(base, 'POST', '/clock', { advanceSeconds }),
  };
}

/** The reply's shape is the sandbox's promise: both sides share control/protocol.ts. */
async function call<Reply>(base: string, method: string, path: string, body?: object): Promise<Reply> {
  const response = await fetch(base + path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body && JSON.stringify(body),
  });
  const reply = (await response.json()) as Reply & { error?: string };
  if (!response.ok) throw new Error(`Sandbox control ${method} ${path}: ${response.status} ${reply.error}`);
  return reply;
}
