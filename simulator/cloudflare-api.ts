import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from './account.ts';
import { ApiError, apiError, noRouteError } from './api-error.ts';
import { type ApiRoute, RequestBody } from './api-route.ts';
import { authenticate } from './authenticate.ts';
import type { CallLog, LoggedCall } from './call-log.ts';
import { connectorRoutes } from './connector-routes.ts';
import { type ApiResponse, errorResponse } from './envelope.ts';
import { faultResponse, type RawResponse } from './fault-response.ts';
import type { Fault, Faults } from './faults.ts';
import { preflightRoutes } from './preflight-routes.ts';
import { type RateLimit, rateLimitHeaders, type RateLimitStatus } from './rate-limit.ts';
import { zoneRoutes } from './zone-routes.ts';

/** Base path of the API, as on api.cloudflare.com. */
export const apiBasePath = '/client/v4';

export interface ApiState {
  account: Account;
  log: CallLog;
  faults: Faults;
}

/**
 * Adds Cloudflare's API to a server. Each call is logged, counted against the rate limit, authenticated and handled;
 * a fault rule can replace or delay the response.
 */
export function addCloudflareApi(server: FastifyInstance, state: ApiState, rateLimit: RateLimit): void {
  const routes = [...connectorRoutes(state.account), ...zoneRoutes(state.account), ...preflightRoutes(state.account)];
  for (const route of routes) {
    server.route({
      method: route.method,
      url: apiBasePath + route.path,
      handler: (request, reply) => serveCall(state, rateLimit, route, request, reply),
    });
  }
  server.all(`${apiBasePath}/*`, (request, reply) => serveCall(state, rateLimit, unknownRoute, request, reply));
}

/** Unknown paths need authentication too. */
const unknownRoute: ApiRoute = {
  method: 'GET',
  path: '/*',
  permission: null,
  handle(call) {
    throw noRouteError(404, call.path);
  },
};

async function serveCall(
  { account, log, faults }: ApiState,
  rateLimit: RateLimit,
  route: ApiRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url, 'http://simulator.invalid');
  const path = pathname.slice(apiBasePath.length);
  const body = new RequestBody(typeof request.body === 'string' ? request.body : '');
  const { authorization } = request.headers;
  const requestBody = body.toLog();
  const logged = log.add({ method: request.method, path, query: Object.fromEntries(query), requestBody });
  const limitStatus = rateLimit.count(authorization ?? '', performance.now());
  reply.headers({ ...rateLimitHeaders(rateLimit, limitStatus), 'cf-ray': `${randomBytes(8).toString('hex')}-SIM` });

  const execute = (): ApiResponse => {
    if (!limitStatus.isAllowed) return rateLimitResponse(rateLimit, limitStatus);
    try {
      const params = readParams(request.params);
      const token = authenticate(account, route, { authorization, accountId: params['account_id'], path });
      return route.handle({ path, params, query, body, token });
    } catch (error) {
      if (error instanceof ApiError) return errorResponse(error);
      throw error;
    }
  };

  const applied = faults.take(request.method, path);
  if (applied === null) {
    send(logged, reply, toRaw(execute()));
    return;
  }
  logged.fault = applied;
  if (applied.fault === 'hold') {
    const response = applied.when === 'after' ? execute() : null;
    if ((await faults.hold()) === 'closed') resetConnection(reply);
    else send(logged, reply, toRaw(response ?? execute()));
    return;
  }
  if (applied.when === 'after') execute();
  sendFault(logged, reply, applied.fault);
}

function sendFault(logged: LoggedCall, reply: FastifyReply, fault: Exclude<Fault, 'hold'>): void {
  if (fault === 'no-answer') reply.hijack();
  else if (fault === 'reset') resetConnection(reply);
  else send(logged, reply, faultResponse(fault));
}

function resetConnection(reply: FastifyReply): void {
  reply.hijack();
  reply.request.raw.socket.resetAndDestroy();
}

function send(logged: LoggedCall, reply: FastifyReply, response: RawResponse): void {
  // A client that has disconnected receives no response, so none is logged.
  if (!reply.request.raw.socket.destroyed) {
    logged.status = response.status;
    logged.answeredAt = new Date().toISOString();
  }
  reply.status(response.status).headers(response.headers).send(response.body);
}

function toRaw({ status, headers, body }: ApiResponse): RawResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function rateLimitResponse({ callsPerWindow }: RateLimit, { resetSeconds }: RateLimitStatus): ApiResponse {
  const message = `More than ${callsPerWindow} requests per 300 seconds reached. Please wait and try again.`;
  return { ...errorResponse(apiError(429, 10100, message)), headers: { 'retry-after': `${resetSeconds}` } };
}

/** The path parameters, each already decoded by Fastify. */
function readParams(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
