import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import {
  type AppName,
  type Config,
  ConfigError,
  createAppContext,
  type Database,
  environmentWith,
  readConfig,
  type Vault,
} from '#libs/platform';
import { callbackUrl, ensureFirstProvider, moveProvider } from '#libs/services';
import { findProvider, migrate } from '#libs/store';
import { startConsole } from './console/start.ts';
import { freePort } from './demo/free-port.ts';
import { seedOperator, seedPartner } from './demo/seed.ts';
import { formatSummary } from './demo/summary.ts';
import { startGateway } from './gateway/start.ts';
import { startPoller } from './poller/start.ts';
import { type Sandbox, startSandbox } from './sandbox/app.ts';
import { startWorker } from './worker/start.ts';

const TWILIO = { accountSid: 'AC00000000000000000000000000000001', authToken: 'sandbox-auth-token' };
const SMSBOWER_KEY = 'sandbox-api-key';
const CODE_AFTER_SECONDS = 6;

/** Every app in one process, on sandbox providers where no real ones are configured: what `npm start` runs. */
async function main(): Promise<void> {
  const sandbox = await startSandbox({
    port: 8090,
    portFallback: true,
    twilio: TWILIO,
    smsbower: { apiKey: SMSBOWER_KEY },
    stateFile: join(process.cwd(), '.data', 'sandbox.json'),
    autoCodeSeconds: CODE_AFTER_SECONDS,
  });
  const config = await configFor(sandbox);
  await migrate(config.databaseUrl);
  const apps = await startApps(config);
  const ctx = { db: apps.gateway.database, vault: apps.gateway.vault, config };
  await useSandbox(ctx, sandbox);
  closeWithGrace({ delay: 15_000 }, async ({ err }) => {
    if (err) apps.gateway.log.fatal({ event: 'process.crashed', err });
    for (const app of [apps.gateway, apps.console, apps.poller, apps.worker]) await app.close();
    await sandbox.close();
  });
  const usesSandbox =
    config.twilio?.apiBaseUrl === sandbox.twilioBaseUrl || config.smsbower?.apiUrl === sandbox.smsbowerUrl;
  const summary = formatSummary(
    {
      ...apps.urls,
      sandboxUrl: usesSandbox ? sandbox.url : null,
      ...(await seedPartner(ctx)),
      operator: await seedOperator(ctx),
    },
    process.stdout.isTTY === true && process.stdout.hasColors(),
  );
  process.stdout.write(summary);
}

/** A default port that is taken gives way to the next free one; a port that was asked for does not. */
async function configFor(sandbox: Sandbox): Promise<Config> {
  const port = await freePort(8080);
  const consolePort = await freePort(8081, [port]);
  const env = environmentWith([
    { PORT: String(port) },
    { CONSOLE_PORT: String(consolePort) },
    { LOG_LEVEL: 'warn' },
    { PARTNER_VIRTUAL_USER_ID: '1' },
    {
      TWILIO_ACCOUNT_SID: TWILIO.accountSid,
      TWILIO_AUTH_TOKEN: TWILIO.authToken,
      TWILIO_FROM: '+15005550006',
      TWILIO_API_BASE_URL: sandbox.twilioBaseUrl,
    },
    { SMSBOWER_API_KEY: SMSBOWER_KEY, SMSBOWER_API_URL: sandbox.smsbowerUrl },
  ]);
  const config = readConfig(env);
  return { ...config, publicBaseUrl: config.publicBaseUrl ?? `http://127.0.0.1:${config.port}` };
}

async function startApps(config: Config) {
  const context = (name: AppName) => createAppContext(name, config, { maxConnections: 10 });
  const apps = {
    gateway: context('gateway'),
    worker: context('worker'),
    poller: context('poller'),
    console: context('console'),
  };
  await startWorker(apps.worker);
  await startPoller(apps.poller);
  const { url: gatewayUrl } = await startGateway(apps.gateway);
  const { url: consoleUrl } = await startConsole(apps.console);
  return { ...apps, urls: { gatewayUrl, consoleUrl } };
}

interface SeedContext {
  db: Database;
  vault: Vault;
  config: Config;
}

/** The sandbox may listen elsewhere than last time; and it is told where to push codes. */
async function useSandbox(ctx: SeedContext, sandbox: Sandbox): Promise<void> {
  await ensureFirstProvider(ctx);
  const provider = await findProvider(ctx.db, 1);
  if (!provider || ctx.config.smsbower?.apiUrl !== sandbox.smsbowerUrl) return;
  if (provider.apiUrl !== sandbox.smsbowerUrl && isLoopback(provider.apiUrl)) {
    await moveProvider({ ctx, input: { provider, apiUrl: sandbox.smsbowerUrl, apiKey: SMSBOWER_KEY } });
  }
  await sandbox.control.changeSettings({ pushUrls: [callbackUrl(ctx.config.publicBaseUrl ?? '', provider)] });
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(127\.|localhost$)/.test(new URL(url).hostname);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: unknown) => {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error}\n`,
    );
    process.exit(1);
  });
}
