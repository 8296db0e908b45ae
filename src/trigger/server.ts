/** The trigger's HTTP side: who asks, how much, what for, and what they are told when it goes wrong. */
import rateLimit from '@fastify/rate-limit';
import { Client } from '@temporalio/client';
import Fastify, { LogController } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { isServerTrouble } from '../client/server-errors.ts';
import type { LogLevel } from '../config/telemetry.ts';
import type { Caller } from './callers.ts';
import { HttpProblem, isProblemStatus, problemMediaType } from './http-problem.ts';
import { identify } from './identify.ts';
import type { Identity } from './identify.ts';
import { handlers } from './handlers.ts';
import { operations } from './operations.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** `null`: nobody known, or nobody who could prove it. */
    identity: Identity | null;
  }
}

export interface TriggerServerOptions {
  client: Client;
  callers: readonly Caller[];
  logLevel: LogLevel;
}

/** The events of HR and IT systems are a few kilobytes; a list of domains may be longer. */
const bodyLimitBytes = 65_536;
/** From the first byte of a request to its last. */
const requestTimeoutMilliseconds = 30_000;
/** Temporal answers in milliseconds; whoever sent the event tries again. */
const temporalTimeoutMilliseconds = 5000;
const retryAfterSeconds = 10;
/** Requests a minute and address of those who could not say who they are. */
const anonymousPerMinute = 60;
/** Of any vendor, such as `application/scim+json`. */
const jsonMediaType = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/iu;
/** A domain name has at most 253 characters; a list's id is a caller's name and its `webhook-id`, escaped. */
const maxParamLength = 1000;

/** Listening is the caller's; so is closing, which lets the requests that are under way come to an end. */
export function createTriggerServer({ client, callers, logLevel }: TriggerServerOptions): FastifyInstance {
  const app = Fastify({
    logger: { level: logLevel.toLowerCase(), stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMilliseconds,
    exposeHeadRoutes: false,
    // What comes in on a connection that is open already is still served; the answer closes it.
    return503OnClosing: false,
    routerOptions: { maxParamLength },
    frameworkErrors: (error, request, reply) => answerProblem(error, request, reply),
  });
  app.removeAllContentTypeParsers();
  // As bytes: a signature covers them as they came, and nobody unknown gets them parsed.
  app.addContentTypeParser(jsonMediaType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('identity', null);
  app.setErrorHandler(answerProblem);
  app.setNotFoundHandler((request, reply) => answerProblem(new HttpProblem(404), request, reply));

  app.addHook('preHandler', async (request) => {
    request.identity = identify(callers, request.headers, bodyOf(request));
    await Promise.resolve();
  });
  void app.register(rateLimit, {
    hook: 'preHandler',
    timeWindow: '1 minute',
    keyGenerator: ({ identity, ip }) => (identity === null ? `address ${ip}` : `caller ${identity.caller.name}`),
    max: ({ identity }) => identity?.caller.requestsPerMinute ?? anonymousPerMinute,
    errorResponseBuilder: () => new HttpProblem(429),
  });
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    await Promise.resolve();
  });
  app.addHook('onSend', async (_request, reply) => {
    // Otherwise a connection whose request came before the close would be kept open for more.
    if (isClosing) void reply.header('connection', 'close');
    await Promise.resolve();
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, identity } = request;
    const caller = identity?.caller.name ?? null;
    request.log.info({ caller, eventId: identity?.eventId ?? null, method, url, status: reply.statusCode }, 'Answered');
    await Promise.resolve();
  });

  // The rate limit adds itself to each route that comes after it.
  app.after(() => {
    for (const operation of operations) {
      app.route({
        method: operation.method,
        url: operation.path.replaceAll(/\{(\w+)\}/gu, ':$1'),
        ...('bodyLimitBytes' in operation ? { bodyLimit: operation.bodyLimitBytes } : {}),
        handler: async (request, reply) => {
          const { identity } = request;
          if (operation.action !== null) {
            if (identity === null) throw new HttpProblem(401);
            if (!identity.caller.actions.includes(operation.action)) throw new HttpProblem(403);
          }
          const handle = handlers[operation.id];
          await client.withDeadline(Date.now() + temporalTimeoutMilliseconds, async () => {
            await handle({ client, identity, request, reply, body: bodyOf(request) });
          });
        },
      });
    }
  });
  return app;
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  const { status } = problem;
  // A problem has been foreseen: the line about the answer is enough.
  if (isServerTrouble(error)) request.log.warn({ reason: reasonOf(error) }, 'Temporal did not do it');
  else if (!(error instanceof HttpProblem) && status >= 500) request.log.error({ err: error }, 'Not done');
  if (status === 503) void reply.header('retry-after', retryAfterSeconds);
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.code(status).type(problemMediaType).send(JSON.stringify(problem.body));
}

/** The SDK wraps what the connection said. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}

function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (isServerTrouble(error)) return new HttpProblem(503);
  // What Fastify itself refuses: a body that is too large, a media type, an address that cannot be read.
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (isProblemStatus(status)) return new HttpProblem(status);
  return new HttpProblem(status >= 400 && status < 500 ? 400 : 500);
}
