import type twilio from 'twilio';
import type { HttpClient, HttpResult } from '#libs/platform';

/** Where the SDK believes it calls; the transport puts the configured address in its place. */
export const SDK_ORIGIN = 'https://api.twilio.com';

/** A call that did not end in 2xx, with everything known of it. The SDK's own exceptions drop the headers. */
export class TwilioCallFailed extends Error {
  readonly result: HttpResult;

  constructor(result: HttpResult) {
    super('the Twilio call failed');
    this.name = 'TwilioCallFailed';
    this.result = result;
  }
}

interface SdkRequest {
  method: string;
  uri: string;
  username?: string;
  password?: string;
  headers?: Record<string, string>;
  params?: object;
  data?: object;
}

interface SdkResponse {
  statusCode: number;
  body: string;
  headers: Record<string, string>;
}

/**
 * Carries the SDK's requests over our client: timeouts told apart, no axios whose errors hold credentials, number
 * and text. Credentials go to `apiBaseUrl` only, whatever address a page link names.
 */
export function createSdkTransport(http: HttpClient, apiBaseUrl: string): twilio.RequestClient {
  return asRequestClient({
    async request({ method, uri, username, password, headers, params, data }) {
      if (!uri.startsWith(`${SDK_ORIGIN}/`))
        throw new TwilioCallFailed({ kind: 'not_sent', detail: 'foreign_url' });
      const query = encodeForm(params);
      const result = await http.request({
        method: method.toUpperCase() === 'POST' ? 'POST' : 'GET',
        url: `${apiBaseUrl}${uri.slice(SDK_ORIGIN.length)}${query ? `?${query}` : ''}`,
        headers: { ...headers, Authorization: basicAuthorization(username, password) },
        ...(data ? { body: encodeForm(data) } : {}),
      });
      const succeeded = result.kind === 'response' && result.status >= 200 && result.status < 300;
      if (!succeeded) throw new TwilioCallFailed(result);
      return { statusCode: result.status, body: result.body, headers: result.headers };
    },
  });
}

/** The SDK calls nothing but `request` of its RequestClient, and parses a body that is a string. */
function asRequestClient(transport: {
  request(request: SdkRequest): Promise<SdkResponse>;
}): twilio.RequestClient {
  return transport as unknown as twilio.RequestClient;
}

function basicAuthorization(username = '', password = ''): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function encodeForm(fields: object = {}): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) form.append(name, String(each));
    }
  }
  return form.toString();
}
