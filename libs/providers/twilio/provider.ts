import twilio from 'twilio';
import type { AcceptedMessage, Listing, Outcome } from '#libs/domain';
import { createHttpClient, type Timings, type TwilioConfig } from '#libs/platform';
import { asObject, parseJson } from '../json.ts';
import type { SendRequest, SmsProvider } from '../port.ts';
import { createSafeText, type SafeText } from '../safe-text.ts';
import { classifyFailure } from './classify-failure.ts';
import { listMessages } from './list-messages.ts';
import { createSdkTransport, SDK_ORIGIN, TwilioCallFailed } from './sdk-transport.ts';

export interface TwilioOptions {
  /** Default 2 000. */
  connectTimeoutMs?: number;
  /** Default 10 000. */
  headersTimeoutMs?: number;
  /** Default 10 000. */
  bodyTimeoutMs?: number;
  /** Messages per page of a listing; default 1 000, Twilio's maximum. */
  pageSize?: number;
  /** Pages after which a listing is given up as incomplete; default 20. */
  maxPages?: number;
}

/** The deadlines of the installation in the provider's terms. */
export function twilioTimeouts({ connectMs, sendMs }: Timings): TwilioOptions {
  return { connectTimeoutMs: connectMs, headersTimeoutMs: sendMs, bodyTimeoutMs: sendMs };
}

/** A page of 1 000 messages of 1 600 characters stays below it. */
const BODY_LIMIT_BYTES = 16_000_000;
const MESSAGE_LIMIT = 300;
const LONGEST_VALIDITY_SECONDS = 36_000;

/** Outbound SMS through Twilio's SDK over our own HTTP client. */
export function createTwilioProvider(config: TwilioConfig, options: TwilioOptions = {}): SmsProvider {
  const http = createHttpClient({
    connectTimeoutMs: options.connectTimeoutMs ?? 2_000,
    headersTimeoutMs: options.headersTimeoutMs ?? 10_000,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 10_000,
    bodyLimitBytes: BODY_LIMIT_BYTES,
  });
  const client = twilio(config.accountSid, config.authToken, {
    httpClient: createSdkTransport(http, config.apiBaseUrl),
    // Set, or the SDK would read them from the environment and change the host.
    edge: '',
    region: '',
    logLevel: '',
  });
  const safe = createSafeText([config.authToken], MESSAGE_LIMIT);
  const page = { size: options.pageSize ?? 1_000, limit: options.maxPages ?? 20 };
  return {
    send: (request) => send(client, config, safe, request),
    list: (request) => list(client, config, page, request),
    close: () => http.close(),
  };
}

async function send(
  client: twilio.Twilio,
  config: TwilioConfig,
  safe: SafeText,
  request: SendRequest,
): Promise<Outcome<AcceptedMessage>> {
  try {
    const reply = await client.request({
      method: 'post',
      uri: `${SDK_ORIGIN}${messagesPath(config)}`,
      data: {
        To: request.to,
        Body: request.body,
        ValidityPeriod: Math.min(Math.max(1, Math.floor(request.validitySeconds)), LONGEST_VALIDITY_SECONDS),
        ...senderOf(config),
        ...(request.statusCallbackUrl === null ? {} : { StatusCallback: request.statusCallbackUrl }),
      },
    });
    return readAccepted(String(reply.body));
  } catch (error) {
    if (error instanceof TwilioCallFailed) return classifyFailure(error.result, safe);
    return { kind: 'unknown', detail: 'failed' };
  }
}

/** Read here and not by the SDK, whose object of a message, dates and all, costs as much as encrypting its text. */
function readAccepted(body: string): Outcome<AcceptedMessage> {
  const message = asObject(parseJson(body));
  if (!message) return { kind: 'unknown', detail: 'unreadable_reply' };
  const { sid, status } = message;
  if (typeof sid !== 'string' || !/^(SM|MM)[0-9a-f]{32}$/i.test(sid))
    return { kind: 'unknown', detail: 'reply_without_sid' };
  return { kind: 'accepted', value: { providerSid: sid, providerStatus: String(status ?? 'queued') } };
}

function messagesPath({ accountSid }: TwilioConfig): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages.json`;
}

/** A Messaging Service chooses the sender itself. */
function senderOf(config: TwilioConfig): { MessagingServiceSid: string } | { From: string } {
  return config.messagingServiceSid
    ? { MessagingServiceSid: config.messagingServiceSid }
    : { From: config.from ?? '' };
}

async function list(
  client: twilio.Twilio,
  config: TwilioConfig,
  page: { size: number; limit: number },
  request: { to: string; createdAfter: Date; createdBefore: Date },
): Promise<Listing> {
  const sender = senderOf(config);
  // No DateSent filter: it is null while a message is queued, so such a message would be missed.
  const query = new URLSearchParams({ To: request.to, PageSize: String(page.size) });
  if ('From' in sender) query.set('From', sender.From);
  try {
    return await listMessages({
      createdAfter: request.createdAfter,
      createdBefore: request.createdBefore,
      maxPages: page.limit,
      firstPage: `${messagesPath(config)}?${query}`,
      fetchPage: (pathAndQuery) => fetchPage(client, pathAndQuery),
    });
  } catch (error) {
    if (error instanceof TwilioCallFailed) return { kind: 'incomplete', detail: failureDetail(error) };
    throw error;
  }
}

async function fetchPage(client: twilio.Twilio, pathAndQuery: string): Promise<string> {
  const reply = await client.request({ method: 'get', uri: `${SDK_ORIGIN}${pathAndQuery}` });
  return reply.statusCode === 200 ? String(reply.body) : '';
}

function failureDetail({ result }: TwilioCallFailed): string {
  return result.kind === 'response' ? `http_${result.status}` : result.detail;
}
