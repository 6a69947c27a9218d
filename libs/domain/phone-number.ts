/** E.164: a plus sign and up to fifteen ASCII digits, the first not zero (ITU-T E.164, 6.2.1). */
export const E164 = /^\+[1-9][0-9]{1,14}$/;

/** The form in which a number may appear in a log line: country and last two digits only. */
export function maskPhone(phone: string): string {
  return phone.length < 8 ? '***' : `${phone.slice(0, 3)}***${phone.slice(-2)}`;
}
