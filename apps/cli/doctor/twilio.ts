import { request } from 'undici';
import type { TwilioConfig } from '#libs/platform';
import type { Check, Finding } from './check.ts';

const TIMEOUT_MS = 5_000;

/** Whether the credentials are accepted. Nothing is sent. */
export const twilio: Check = {
  name: 'twilio',
  needsDatabase: false,
  async run({ config }) {
    if (config.twilio) return [await askForAccount(config.twilio)];
    const result = 'not configured';
    return [{ check: 'twilio', verdict: 'off', result, hint: 'Sending answers 501 until TWILIO_… is set' }];
  },
};

async function askForAccount({ accountSid, authToken, apiBaseUrl }: TwilioConfig): Promise<Finding> {
  const check = 'twilio';
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
  try {
    const { statusCode, body } = await request(`${apiBaseUrl}/2010-04-01/Accounts/${accountSid}.json`, {
      headers: { authorization: `Basic ${credentials}` },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return verdict(statusCode, (await body.text()).slice(0, 10_000));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer in time';
    return {
      check,
      verdict: 'fail',
      result: `cannot be reached (${code})`,
      hint: 'Check the network and TWILIO_API_BASE_URL',
    };
  }
}

function verdict(statusCode: number, text: string): Finding {
  const check = 'twilio';
  if (statusCode === 200) return accountVerdict(/"status"\s*:\s*"(\w+)"/.exec(text)?.[1] ?? 'active');
  if (statusCode === 404)
    return {
      check,
      verdict: 'warn',
      result: 'reachable; it tells nothing of the account (404)',
      hint: 'Expected of a stand-in',
    };
  if (statusCode === 401 || statusCode === 403)
    return {
      check,
      verdict: 'fail',
      result: `credentials refused (${statusCode})`,
      hint: 'Correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
    };
  return {
    check,
    verdict: 'warn',
    result: `answers ${statusCode}`,
    hint: 'Look at status.twilio.com, then run this again',
  };
}

function accountVerdict(status: string): Finding {
  const result = `credentials accepted, account ${status}`;
  if (status === 'active') return { check: 'twilio', verdict: 'ok', result };
  return { check: 'twilio', verdict: 'fail', result, hint: 'Reactivate the account in Twilio’s console' };
}
