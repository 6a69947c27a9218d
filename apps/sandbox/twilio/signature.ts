import { createHmac } from 'node:crypto';

/** X-Twilio-Signature of a form post: HMAC-SHA1 by the auth token over the URL and every key and value, keys sorted. */
export function signRequest(authToken: string, url: string, fields: Record<string, string>): string {
  const data = Object.keys(fields)
    .sort()
    .reduce((text, key) => `${text}${key}${fields[key]}`, url);
  return createHmac('sha1', authToken).update(data, 'utf8').digest('base64');
}
