import Fastify, { type FastifyInstance } from 'fastify';
import { registerControl } from './control/routes.ts';
import { createSandboxControl, type SandboxControl } from './control-client.ts';
import { createContext, type SandboxContext } from './core/context.ts';
import { listen } from './core/listen.ts';
import type { SandboxOptions } from './core/settings.ts';
import { registerInbox } from './inbox/routes.ts';
import { watchRental } from './smsbower/rentals.ts';
import { registerSmsbower, SMSBOWER_PATH } from './smsbower/routes.ts';
import { watchMessage } from './twilio/lifecycle.ts';
import { registerTwilio } from './twilio/routes.ts';

export type { SandboxControl } from './control-client.ts';
export type { SandboxOptions } from './core/settings.ts';

export interface Sandbox {
  /** The inbox page and the base of the control API, without trailing slash. */
  url: string;
  port: number;
  /** Stands for https://api.twilio.com. */
  twilioBaseUrl: string;
  /** Stands for https://smsbower.page/stubs/handler_api.php. */
  smsbowerUrl: string;
  control: SandboxControl;
  /** Saves the state and drops every connection, hanging ones too. */
  close(): Promise<void>;
}

/** Starts the stand-ins for Twilio and SMSBower on one listener. Rejects when the port is taken or the state unreadable. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const ctx = createContext(options);
  const app = buildApp(ctx);
  for (const rental of ctx.state.rentals.values()) watchRental(ctx, rental);
  for (const message of ctx.state.messages.values()) watchMessage(ctx, message);
  const { url, port } = await listen(app, options);
  return {
    url,
    port,
    twilioBaseUrl: url,
    smsbowerUrl: url + SMSBOWER_PATH,
    control: createSandboxControl(url),
    async close() {
      await ctx.stop();
      await app.close();
      ctx.save();
    },
  };
}

function buildApp(ctx: SandboxContext): FastifyInstance {
  const app = Fastify({ logger: false, forceCloseConnections: true, bodyLimit: 1_048_576 });
  app.register((smsbower) => registerSmsbower(smsbower, ctx));
  app.register((twilio) => registerTwilio(twilio, ctx), { prefix: '/2010-04-01/Accounts' });
  app.register((control) => registerControl(control, ctx), { prefix: '/control' });
  app.register((inbox) => registerInbox(inbox, ctx));
  return app;
}
