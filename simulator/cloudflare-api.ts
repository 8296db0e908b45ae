import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from './account.ts';
import { ApiError, noRoute, refusal } from './api-error.ts';
import { type ApiRoute, RequestBody } from './api-route.ts';
import { authenticate } from './authenticate.ts';
import type { CallLog, LoggedCall } from './call-log.ts';
import { connectorRoutes } from './connector-routes.ts';
import { type ApiAnswer, answerError } from './envelope.ts';
import type { Fault, Faults } from './faults.ts';
import { preflightRoutes } from './preflight-routes.ts';
import { type Allowance, type RateLimit, rateLimitHeaders } from './rate-limit.ts';
import { type SpoiltAnswer, spoil } from './spoilt-answer.ts';
import { zoneRoutes } from './zone-routes.ts';

/** Where the API begins, as on api.cloudflare.com. */
export const API_BASE = '/client/v4';

export interface ApiParts {
  account: Account;
  log: CallLog;
  faults: Faults;
}

/** Adds Cloudflare's API to a server: each call is logged, counted, perhaps struck by a fault, then answered. */
export function addCloudflareApi(server: FastifyInstance, parts: ApiParts, rateLimit: RateLimit): void {
  const routes = [...connectorRoutes(parts.account), ...zoneRoutes(parts.account), ...preflightRoutes(parts.account)];
  for (const route of routes) {
    server.route({
      method: route.method,
      url: API_BASE + route.path,
      handler: (request, reply) => serve(parts, rateLimit, route, request, reply),
    });
  }
  server.all(`${API_BASE}/*`, (request, reply) => {
    const lost: ApiRoute = {
      method: 'GET',
      path: '/*',
      permission: null,
      handle(call) {
        throw noRoute(404, call.path);
      },
    };
    return serve(parts, rateLimit, lost, request, reply);
  });
}

async function serve(
  { account, log, faults }: ApiParts,
  rateLimit: RateLimit,
  route: ApiRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url, 'http://simulator.invalid');
  const path = pathname.slice(API_BASE.length);
  const body = new RequestBody(typeof request.body === 'string' ? request.body : '');
  const { authorization } = request.headers;
  const requestBody = body.toLog();
  const logged = log.begin({ method: request.method, path, query: Object.fromEntries(query), requestBody });
  const allowance = rateLimit.spend(authorization ?? '', performance.now());
  reply.headers({ ...rateLimitHeaders(rateLimit, allowance), 'cf-ray': `${randomBytes(8).toString('hex')}-SIM` });

  const perform = (): ApiAnswer => {
    if (!allowance.isAllowed) return answerThrottled(rateLimit, allowance);
    try {
      // One level deep: Fastify has decoded what stands between the slashes.
      const params = readParams(request.params);
      const token = authenticate(account, route, { authorization, accountId: params['account_id'], path });
      return route.handle({ path, params, query, body, token });
    } catch (error) {
      if (error instanceof ApiError) return answerError(error);
      throw error;
    }
  };

  const hit = faults.strike(request.method, path);
  if (hit === null) {
    send(logged, reply, toWire(perform()));
    return;
  }
  logged.fault = hit;
  if (hit.fault === 'hold') {
    const early = hit.when === 'after' ? perform() : null;
    if ((await faults.hold()) === 'closed') abandon(reply);
    else send(logged, reply, toWire(early ?? perform()));
    return;
  }
  if (hit.when === 'after') perform();
  strike(logged, reply, hit.fault);
}

function strike(logged: LoggedCall, reply: FastifyReply, fault: Exclude<Fault, 'hold'>): void {
  if (fault === 'no-answer') reply.hijack();
  else if (fault === 'reset') abandon(reply);
  else send(logged, reply, spoil(fault));
}

function abandon(reply: FastifyReply): void {
  reply.hijack();
  reply.request.raw.socket.resetAndDestroy();
}

function send(logged: LoggedCall, reply: FastifyReply, answer: SpoiltAnswer): void {
  // A client that has gone away sees no answer, so the log has none either.
  if (!reply.request.raw.socket.destroyed) {
    logged.status = answer.status;
    logged.answeredAt = new Date().toISOString();
  }
  reply.status(answer.status).headers(answer.headers).send(answer.body);
}

function toWire({ status, headers, body }: ApiAnswer): SpoiltAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

function answerThrottled({ calls }: RateLimit, { resetSeconds }: Allowance): ApiAnswer {
  const refused = refusal(
    429,
    10100,
    `More than ${calls} requests per 300 seconds reached. Please wait and try again.`,
  );
  return { ...answerError(refused), headers: { 'retry-after': `${resetSeconds}` } };
}

function readParams(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(
    Object.entries(params).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
