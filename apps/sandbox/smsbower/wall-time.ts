/** SMSBower's way to write a time: no zone. Clients assume UTC, and so it is here. */
export function wallTime(momentMs: number): string {
  return new Date(momentMs).toISOString().slice(0, 19).replace('T', ' ');
}
