export interface Summary {
  gatewayUrl: string;
  consoleUrl: string;
  /** Null when real providers are configured. */
  sandboxUrl: string | null;
  apiKey: string;
  /** Play money and scripted providers, whatever is configured. */
  testKey: string;
  operator: { name: string; password: string | null };
}

/** What the reader needs now: addresses, the key, and three commands that work when pasted. */
export function formatSummary(summary: Summary, colour: boolean): string {
  const bold = (text: string) => (colour ? `\x1b[1m${text}\x1b[0m` : text);
  const dim = (text: string) => (colour ? `\x1b[2m${text}\x1b[0m` : text);
  const line = (name: string, value: string) => `  ${dim(name.padEnd(15))}${value}`;
  const { gatewayUrl, consoleUrl, sandboxUrl, apiKey, testKey, operator } = summary;
  const password = operator.password ?? '(as set before)';
  return [
    '',
    bold('smsx is running'),
    '',
    line('partner page', `${gatewayUrl}/`),
    line('guide', `${gatewayUrl}/docs/quickstart`),
    line('API reference', `${gatewayUrl}/docs`),
    line('console', `${consoleUrl}/   sign in as ${operator.name}, password ${password}`),
    ...(sandboxUrl === null ? [] : [line('sandbox inbox', `${sandboxUrl}/`)]),
    line('API key', apiKey),
    line('test key', testKey),
    '',
    dim('Send an SMS:'),
    `curl -sS -X POST "${gatewayUrl}/api/sms-send.php" -H "Authorization: Bearer ${apiKey}" -H "Content-Type: application/json" -d '{"to":"+15551234567","message":"Hello"}'`,
    '',
    dim('Rent a number:'),
    `curl -sS -X POST "${gatewayUrl}/api/virtual-numbers.php?action=rent_number" -H "X-API-Key: ${apiKey}" -H "Content-Type: application/json" -d '{"service":"tg","country":22}'`,
    '',
    dim('Poll its status, with the activation_id of the reply:'),
    `curl -sS "${gatewayUrl}/api/virtual-numbers.php?action=status&id=ACTIVATION_ID" -H "X-API-Key: ${apiKey}"`,
    '',
    ...(sandboxUrl === null
      ? []
      : [
          `No real SMS leaves this machine. A code arrives by itself after a few seconds, or at once from the inbox.`,
        ]),
    'Ctrl-C stops everything; data stays in .data/.',
    '',
  ].join('\n');
}
