import { type Answer, json } from '../core/reply.ts';

/** Twilio's error pages by code: HTTP status and the words of the API. */
const ERRORS: Record<number, { status: number; message: string }> = {
  20001: { status: 400, message: 'Parameter value is not valid' },
  20003: { status: 401, message: 'Authenticate' },
  20004: { status: 405, message: 'Method not allowed' },
  20005: { status: 403, message: 'Account is not active' },
  20009: { status: 409, message: 'Cannot delete this resource before it is complete' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  20503: { status: 503, message: 'Service is unavailable. Please try again' },
  21211: { status: 400, message: "Invalid 'To' Phone Number" },
  21212: { status: 400, message: "Invalid 'From' Phone Number" },
  21408: {
    status: 400,
    message: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
  },
  21601: { status: 400, message: 'Phone number is not a valid SMS-capable inbound phone number' },
  21602: { status: 400, message: 'Message body is required.' },
  21603: { status: 400, message: "A 'From' phone number is required." },
  21604: { status: 400, message: "A 'To' phone number is required." },
  21606: {
    status: 400,
    message:
      "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination",
  },
  21608: {
    status: 400,
    message: 'The number is unverified. Trial accounts cannot send messages to unverified numbers',
  },
  21609: { status: 400, message: "The 'StatusCallback' URL is not a valid URL." },
  21610: { status: 400, message: 'Attempt to send to unsubscribed recipient' },
  21611: { status: 400, message: "This 'From' number has exceeded the maximum number of queued messages" },
  21612: {
    status: 400,
    message: "Message cannot be sent with the current combination of 'To' and 'From' parameters",
  },
  21614: { status: 400, message: "'To' number is not a valid mobile number" },
  21617: { status: 400, message: 'The concatenated message body exceeds the 1600 character limit' },
  21624: { status: 400, message: 'The ValidityPeriod is not valid' },
  21705: { status: 400, message: 'The Messaging Service Sid is invalid' },
  30409: { status: 409, message: 'The message cannot be canceled in its current status' },
  35111: { status: 400, message: 'ScheduleType is required when SendAt is given' },
  35114: { status: 400, message: 'SendAt must be between 300 seconds and 35 days from now' },
  35118: { status: 400, message: 'MessagingServiceSid is required to schedule a message' },
  63038: { status: 429, message: 'Account exceeded the daily messages limit' },
};

/** An error reply; a code without an entry is a 400 that names it. */
export function twilioError(code: number, words?: string): Answer {
  const known = ERRORS[code];
  const status = known?.status ?? 400;
  const message = words ?? known?.message ?? `Error ${code}`;
  return json({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }, status);
}
