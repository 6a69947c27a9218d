/** Parameters of a form or a query; of a repeated one the first counts, as Twilio takes it. */
export type Form = Record<string, string | string[] | undefined>;

export function field(form: Form, name: string): string | undefined {
  const value = form[name];
  return Array.isArray(value) ? value[0] : value;
}
