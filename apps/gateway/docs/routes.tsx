import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { GatewayDeps } from '../deps.ts';
import { JSON_TYPE } from '../plugins/errors.ts';
import { onlyMethods } from '../plugins/methods.ts';
import { ASSETS } from './assets.ts';
import { baseUrlOf } from './base-url.ts';
import { GUIDE_DOCUMENTS } from './guide/routes.tsx';
import { openApiDocument } from './openapi.ts';
import { PartnerPage } from './partner-page.tsx';
import { postmanCollection } from './postman.ts';
import { ReferencePage } from './reference-page.tsx';

/** The partner page, the guide, the API reference, what is for programs, and the few files they need. Open to everybody. */
export async function registerDocs(app: FastifyInstance, { ctx }: GatewayDeps): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether this host may only be met over TLS is for whoever terminates TLS to say.
    strictTransportSecurity: false,
  });
  const show = (path: string, answer: (baseUrl: string, reply: FastifyReply) => FastifyReply) =>
    app.route({
      url: path,
      method: app.supportedMethods,
      onRequest: onlyMethods('GET', 'HEAD'),
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        request.facts.action = 'docs';
        // The page shows the address it was reached by.
        reply.header('cache-control', 'no-cache').header('vary', 'Host');
        return answer(baseUrlOf(ctx.config, request), reply);
      },
    });
  show('/', (baseUrl, reply) => sendPage(reply, <PartnerPage baseUrl={baseUrl} />));
  show('/docs', (baseUrl, reply) => sendPage(reply, <ReferencePage baseUrl={baseUrl} />));
  for (const { path, type, render } of GUIDE_DOCUMENTS) {
    show(path, (baseUrl, reply) => reply.header('content-type', type).send(render(baseUrl)));
  }
  show('/openapi.json', (baseUrl, reply) => sendJson(reply, openApiDocument(baseUrl)));
  show('/postman.json', (baseUrl, reply) => sendJson(reply, postmanCollection(baseUrl)));
  for (const { path, type, text } of Object.values(ASSETS)) {
    show(path, (_baseUrl, reply) =>
      reply
        .header('content-type', type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(text),
    );
  }
}

/** For tools, also those that run in a browser. */
function sendJson(reply: FastifyReply, document: unknown): FastifyReply {
  return reply
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('content-type', JSON_TYPE)
    .send(JSON.stringify(document, null, 2));
}

function sendPage(reply: FastifyReply, page: VNode): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .send(`<!doctype html>${renderToString(page)}`);
}
