import { Agent, request } from 'undici';

/** One POST to a client's address: a status callback or a push. */
export interface Delivery {
  kind: 'twilio-callback' | 'smsbower-push';
  /** Message SID or activation id. */
  about: string;
  /** What was reported: a status, or `code`. */
  event: string;
  attempt: number;
  /** HTTP status, or null when there was no answer. */
  responseStatus: number | null;
}

export interface Outgoing {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}

/** Sends POSTs and remembers the last ones. */
export interface Deliveries {
  /** Resolves with the HTTP status, or null when nothing answered. Never rejects. */
  post(about: Omit<Delivery, 'responseStatus'>, outgoing: Outgoing): Promise<number | null>;
  list(): Delivery[];
  close(): Promise<void>;
}

const REMEMBERED = 1000;

export function createDeliveries(): Deliveries {
  const agent = new Agent({ keepAliveTimeout: 1000 });
  const log: Delivery[] = [];
  return {
    async post(about, { url, headers, body, timeoutMs }) {
      const responseStatus = await statusOf(() =>
        request(url, {
          method: 'POST',
          headers,
          body,
          dispatcher: agent,
          signal: AbortSignal.timeout(timeoutMs),
        }),
      );
      log.push({ ...about, responseStatus });
      if (log.length > REMEMBERED) log.shift();
      return responseStatus;
    },
    list: () => [...log],
    close: () => agent.destroy(),
  };
}

/** An address that cannot be posted to throws at once; it counts as no answer too. */
async function statusOf(post: () => ReturnType<typeof request>): Promise<number | null> {
  try {
    const { statusCode, body } = await post();
    await body.dump();
    return statusCode;
  } catch {
    return null;
  }
}
