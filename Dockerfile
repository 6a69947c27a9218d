# One image for every app; the command chooses which (see docker-compose.yml). It writes nothing, so it runs with a
# read-only root file system. For a build that repeats to the byte, pin the base by digest:
#   docker buildx imagetools inspect node:24.21-bookworm-slim    then    node:24.21-bookworm-slim@sha256:<digest>
ARG NODE_IMAGE=node:24.21-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# Dependencies first: they change less often than the sources. No install script is needed, so none is run.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY migrations ./migrations
COPY libs ./libs
COPY apps ./apps
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    CONSOLE_HOST=0.0.0.0 \
    OPS_PORT=9090 \
    npm_config_cache=/tmp/.npm \
    npm_config_update_notifier=false
WORKDIR /app
COPY --from=build /app/package.json /app/package-lock.json /app/.npmrc ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# `npm run smsx -- <command>`; it starts dist/apps/cli/main.js here.
COPY --from=build /app/scripts/smsx.mjs ./scripts/
COPY --from=build /app/scripts/lib ./scripts/lib
COPY deploy/with-secrets.sh deploy/healthcheck.mjs ./deploy/
# The user that the base image brings, by number so that an orchestrator can tell it is not root.
USER 1000:1000
EXPOSE 8080 8081 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["/app/deploy/with-secrets.sh"]
CMD ["node", "dist/apps/gateway/main.js"]
