FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Nothing that runs needs an install script: what they do is development checks and downloads.
# The Temporal SDK brings its native part for every platform; this image needs one.
RUN npm ci --omit=dev --ignore-scripts \
    && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
        ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM node:24-slim
LABEL org.opencontainers.image.title="cloudflare-sso-onboarding" \
      org.opencontainers.image.description="Temporal worker that onboards Cloudflare dashboard SSO connectors" \
      org.opencontainers.image.licenses="MIT"
# The Temporal SDK's native part trusts the system's certificates, and the slim image has none. bind9-dnsutils has nsupdate,
# which the DNS provider rfc2136 runs.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bind9-dnsutils ca-certificates \
    && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
# The HTTP trigger serves its own description.
COPY docs/openapi.json ./docs/openapi.json
USER node
# The worker then stops taking work, and lets what runs come to an end.
STOPSIGNAL SIGTERM
CMD ["node", "src/worker.ts"]
