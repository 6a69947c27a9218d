import { parseArgs } from 'node:util';
import { startSandbox } from './app.ts';
import type { SandboxOptions } from './core/settings.ts';

const HELP = `Stand-ins for Twilio and SMSBower, with an inbox page.

Usage: main [options]

  --host ADDRESS                   where to listen (127.0.0.1)
  --port N                         0 = any free port (8090)
  --port-fallback                  take the next free port when N is in use
  --state FILE                     keep rentals, balance, stock and messages over a restart
  --account-sid SID                Twilio account (AC00000000000000000000000000000001)
  --auth-token TOKEN               its token (sandbox-auth-token)
  --api-key KEY                    SMSBower key (sandbox-api-key)
  --balance DOLLARS                SMSBower balance at first (1000)
  --auto-code-seconds N            deliver a code about so long after a rental (only by hand)
  --lifetime-seconds N             how long a rental lives (1200)
  --earliest-cancel-seconds N      refuse a cancel before this age, 0 = never (120)
  --push-url URL                   push incoming SMS there; may be repeated
  --push-delay-scale FACTOR        shortens the waits between push attempts (1)
  --help                           this text
`;

const OPTIONS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8090' },
  'port-fallback': { type: 'boolean', default: false },
  state: { type: 'string' },
  'account-sid': { type: 'string', default: 'AC00000000000000000000000000000001' },
  'auth-token': { type: 'string', default: 'sandbox-auth-token' },
  'api-key': { type: 'string', default: 'sandbox-api-key' },
  balance: { type: 'string', default: '1000' },
  'auto-code-seconds': { type: 'string' },
  'lifetime-seconds': { type: 'string', default: '1200' },
  'earliest-cancel-seconds': { type: 'string', default: '120' },
  'push-url': { type: 'string', multiple: true },
  'push-delay-scale': { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

await main();

async function main(): Promise<void> {
  try {
    const options = readOptions();
    if (!options) return void process.stdout.write(HELP);
    const sandbox = await startSandbox(options);
    process.stdout.write(`Inbox and control  ${sandbox.url}\nTwilio             ${sandbox.twilioBaseUrl}\n`);
    process.stdout.write(`SMSBower           ${sandbox.smsbowerUrl}\n`);
    const stop = (): void => void sandbox.close().then(() => process.exit(0));
    process.once('SIGINT', stop).once('SIGTERM', stop);
  } catch (error) {
    process.stderr.write(`The sandbox did not start: ${error instanceof Error ? error.message : error}\n`);
    process.stderr.write('Try --help.\n');
    process.exitCode = 1;
  }
}

function readOptions(): SandboxOptions | null {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return null;
  const auto = values['auto-code-seconds'];
  return {
    host: values.host,
    port: number('port', values.port),
    portFallback: values['port-fallback'],
    stateFile: values.state,
    twilio: { accountSid: values['account-sid'], authToken: values['auth-token'] },
    smsbower: { apiKey: values['api-key'], balance: values.balance },
    autoCodeSeconds: auto === undefined ? null : number('auto-code-seconds', auto),
    lifetimeSeconds: number('lifetime-seconds', values['lifetime-seconds']),
    earliestCancelSeconds: number('earliest-cancel-seconds', values['earliest-cancel-seconds']),
    pushUrls: values['push-url'] ?? [],
    pushDelayScale: number('push-delay-scale', values['push-delay-scale']),
  };
}

function number(name: string, value: string): number {
  const result = Number(value);
  if (value.trim() !== '' && Number.isFinite(result) && result >= 0) return result;
  throw new Error(`--${name} must be a number from 0 on, not "${value}".`);
}
