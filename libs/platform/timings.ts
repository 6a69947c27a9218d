/** How long calls to providers may take, and from when on the worker of a call must be gone. */
export interface Timings {
  connectMs: number;
  /** Headers and body of a send, each. */
  sendMs: number;
  purchaseMs: number;
  /** Every other call, and every body. */
  readMs: number;
  sendGoneSeconds: number;
  purchaseGoneSeconds: number;
  commandGoneSeconds: number;
  /** Nobody calls a provider with a claim older than this: it may be taken for abandoned soon. */
  claimFreshMs: number;
  /** How long an account that refuses everything is left alone. */
  smsPauseSeconds: number;
  numbersPauseSeconds: number;
  /** Upstream refuses a cancel within two minutes of the purchase (SMSBower: setStatus). */
  earliestCancelSeconds: number;
  /** Part of its time that a script of test mode takes. */
  scriptScale: number;
}

/** The HTTP client's own timers may run late by 2.5 s, however short the deadlines are. */
const SLACK_SECONDS = 5;

/** At scale 1 as in production; fault tests run with shorter clocks. */
export function timingsAt(scale: number): Timings {
  const ms = (seconds: number) => Math.round(seconds * 1_000 * scale);
  const [connect, send, purchase, read] = [2, 10, 30, 10];
  return {
    connectMs: ms(connect),
    sendMs: ms(send),
    purchaseMs: ms(purchase),
    readMs: ms(read),
    sendGoneSeconds: (connect + 2 * send) * scale + SLACK_SECONDS,
    purchaseGoneSeconds: (connect + purchase + read) * scale + SLACK_SECONDS,
    commandGoneSeconds: (connect + 2 * read) * scale + SLACK_SECONDS,
    claimFreshMs: 2_000,
    smsPauseSeconds: 30 * scale,
    numbersPauseSeconds: 15 * scale,
    earliestCancelSeconds: 120 * scale,
    scriptScale: scale,
  };
}
