/** The trigger's HTTP server: routes, limits, and every error as a problem. */
import { METHODS } from 'node:http';

import rateLimit from '@fastify/rate-limit';
import type { Client } from '@temporalio/client';
import Fastify, { LogController } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isServerError } from '../client/server-errors.ts';
import type { LogLevel } from '../config/telemetry.ts';
import type { Caller, Callers } from './callers.ts';
import { HttpProblem, isProblemStatus, problemMediaType } from './http-problem.ts';
import { operations } from './operations.ts';
import type { Operation } from './operations.ts';
import { handle, identify } from './routes.ts';
import type { Identity } from './routes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `null`: the caller could not be identified. */
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    access?: Operation['access'];
  }
}

interface TriggerServerOptions {
  client: Client;
  callers: Callers;
  logLevel: LogLevel;
}

/** The events of HR and IT systems are a few kilobytes. */
const bodyLimitBytes = 65_536;
/** From the first byte of a request to its last. */
const requestTimeoutMilliseconds = 30_000;
/** For one call of Temporal's API, unless the operation sets its own. */
const temporalTimeoutMilliseconds = 5000;
/** Requests per minute and per address, for callers that could not be identified. */
const unidentifiedPerMinute = 60;
/** Of any vendor, such as `application/scim+json`. */
const jsonMediaType = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/iu;
/** Longer than any domain name. */
const maxParamLength = 1000;

/** The caller listens and closes. Closing waits for the requests in progress. */
export function createTriggerServer({ client, callers, logLevel }: TriggerServerOptions): FastifyInstance {
  const app = Fastify({
    logger: { level: logLevel.toLowerCase(), stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMilliseconds,
    // A request on a connection that is open already is still answered, and its answer closes the connection.
    return503OnClosing: false,
    routerOptions: { maxParamLength },
    frameworkErrors: answerProblem,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(jsonMediaType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  app.decorateRequest('identity', null);
  app.setErrorHandler(answerProblem);
  app.setNotFoundHandler((request, reply) => answerProblem(new HttpProblem(404), request, reply));

  app.addHook('preHandler', async (request) => {
    request.identity = identify(callers, request.routeOptions.config.access, request);
    await Promise.resolve();
  });
  void app.register(rateLimit, {
    hook: 'preHandler',
    timeWindow: '1 minute',
    keyGenerator: ({ identity, ip }) => (identity === null ? `address ${ip}` : `caller ${callerOf(identity).name}`),
    max: ({ identity }) => (identity === null ? unidentifiedPerMinute : callerOf(identity).requestsPerMinute),
    errorResponseBuilder: () => new HttpProblem(429),
  });
  closeConnectionsOnClosing(app);
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, identity } = request;
    const caller = identity && callerOf(identity).name;
    const eventId = identity?.kind === 'sender' ? identity.event.eventId : null;
    request.log.info({ caller, eventId, method, url, status: reply.statusCode }, 'Answered');
    await Promise.resolve();
  });
  // The rate limit adds itself to the routes that are added after it.
  app.after(() => addRoutes(app, client));
  return app;
}

function addRoutes(app: FastifyInstance, client: Client): void {
  const methods = new Map<string, string[]>();
  for (const operation of operations) {
    const url = operation.path.replaceAll(/\{(\w+)\}/gu, ':$1');
    const own = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method];
    methods.set(url, [...(methods.get(url) ?? []), ...own]);
    app.route({
      method: operation.method,
      url,
      config: { access: operation.access },
      ...('bodyLimitBytes' in operation ? { bodyLimit: operation.bodyLimitBytes } : {}),
      handler: async (request, reply) => {
        const deadline = Date.now() + temporalTimeoutMilliseconds;
        const answer = await client.withDeadline(deadline, async () => await handle(operation, client, request));
        if (answer.location !== undefined) void reply.header('location', answer.location);
        await reply.code(answer.status).send(answer.body);
      },
    });
  }
  for (const [url, allowed] of methods) {
    const refuse = async () => {
      await Promise.reject(new HttpProblem(405, { headers: { allow: allowed.join(', ') } }));
    };
    const others = app.supportedMethods.filter((method) => !allowed.includes(method));
    // Before the body is parsed, which would be refused for its media type.
    app.route({ method: others, url, onRequest: refuse, handler: refuse });
  }
}

/** Otherwise a connection whose request arrived before the close would stay open for more. */
function closeConnectionsOnClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    await Promise.resolve();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) void reply.header('connection', 'close');
    await Promise.resolve();
  });
}

function callerOf(identity: Identity): Caller {
  return identity.kind === 'sender' ? identity.event.caller : identity.caller;
}

function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  const { status, headers, body } = problem;
  // The onResponse hook logs every response, problems included.
  if (isServerError(error)) request.log.warn({ reason: reasonOf(error) }, 'Temporal did not answer');
  else if (!(error instanceof HttpProblem) && status >= 500) request.log.error({ err: error }, 'Failed');
  void reply.code(status).headers(headers).type(problemMediaType).send(JSON.stringify(body));
}

/** The SDK wraps the error of the connection. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}

function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isServerError(error)) return new HttpProblem(503);
  // What Fastify itself refuses: a body that is too large, a media type, an address that cannot be decoded.
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (isProblemStatus(status)) return new HttpProblem(status);
  return new HttpProblem(status >= 400 && status < 500 ? 400 : 500);
}
