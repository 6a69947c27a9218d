import type { FastifyInstance } from 'fastify';
import type { SandboxContext } from '../core/context.ts';
import { ControlError } from './errors.ts';
import { registerFaultRoutes } from './fault-routes.ts';
import { registerMessageRoutes } from './message-routes.ts';
import { registerRentalRoutes } from './rental-routes.ts';
import { registerSettingsRoutes } from './settings-routes.ts';
import { registerStockRoutes } from './stock-routes.ts';

/** The tests' side door, under `/control`: JSON in and out; control-client.ts speaks it. */
export async function registerControl(app: FastifyInstance, ctx: SandboxContext): Promise<void> {
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
    const status = error instanceof ControlError ? error.statusCode : (error.statusCode ?? 500);
    reply.status(status).send({ error: error.message });
  });
  app.setNotFoundHandler((request, reply) => {
    reply
      .status(404)
      .send({ error: `There is no ${request.method} ${request.url}. See apps/sandbox/README.md.` });
  });
  registerRentalRoutes(app, ctx);
  registerMessageRoutes(app, ctx);
  registerStockRoutes(app, ctx);
  registerFaultRoutes(app, ctx);
  registerSettingsRoutes(app, ctx);
}
