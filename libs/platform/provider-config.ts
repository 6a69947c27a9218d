import type { EnvironmentReader } from './environment-reader.ts';

export interface TwilioConfig {
  accountSid: string;
  authToken: string;
  from: string | null;
  messagingServiceSid: string | null;
  apiBaseUrl: string;
}

export interface SmsbowerConfig {
  apiKey: string;
  apiUrl: string;
}

/** Null when none of its variables is set. */
export function readTwilio(read: EnvironmentReader): TwilioConfig | null {
  const accountSid = read.optional('TWILIO_ACCOUNT_SID');
  const authToken = read.optional('TWILIO_AUTH_TOKEN');
  const from = read.optional('TWILIO_FROM');
  const messagingServiceSid = read.optional('TWILIO_MESSAGING_SERVICE_SID');
  const apiBaseUrl = read.optional('TWILIO_API_BASE_URL') ?? 'https://api.twilio.com';
  requireHttps(read, 'TWILIO_API_BASE_URL', apiBaseUrl);
  if (!accountSid && !authToken && !from && !messagingServiceSid) return null;
  if (!accountSid) read.mistake('TWILIO_ACCOUNT_SID', 'is missing although other TWILIO_ variables are set');
  else if (!accountSid.startsWith('AC'))
    read.mistake('TWILIO_ACCOUNT_SID', 'must be an account SID: it starts with AC');
  if (!authToken) read.mistake('TWILIO_AUTH_TOKEN', 'is missing although other TWILIO_ variables are set');
  if (!from && !messagingServiceSid) {
    read.mistake('TWILIO_FROM', 'is missing: set it or TWILIO_MESSAGING_SERVICE_SID');
  }
  if (!accountSid || !authToken) return null;
  return { accountSid, authToken, from, messagingServiceSid, apiBaseUrl: apiBaseUrl.replace(/\/+$/, '') };
}

/** Null when none of its variables is set. */
export function readSmsbower(read: EnvironmentReader): SmsbowerConfig | null {
  const apiKey = read.optional('SMSBOWER_API_KEY');
  const apiUrl = read.optional('SMSBOWER_API_URL');
  if (!apiKey && !apiUrl) return null;
  if (!apiKey) read.mistake('SMSBOWER_API_KEY', 'is missing although SMSBOWER_API_URL is set');
  const url = apiUrl ?? 'https://smsbower.page/stubs/handler_api.php';
  requireHttps(read, 'SMSBOWER_API_URL', url);
  return apiKey ? { apiKey, apiUrl: url } : null;
}

function requireHttps(read: EnvironmentReader, name: string, value: string): void {
  const problem = providerUrlProblem(value);
  if (problem) read.mistake(name, problem);
}

/** Credentials travel to these URLs: https, or plain http to this host only. Null when the URL is fine. */
export function providerUrlProblem(value: string): string | null {
  if (!URL.canParse(value)) return 'must be an absolute URL';
  const url = new URL(value);
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return null;
  return 'must be https (plain http is allowed on loopback only)';
}
