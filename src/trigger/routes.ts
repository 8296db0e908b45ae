/** Authorises a request, and hands it to the handler of its operation. */
import type { Client } from '@temporalio/client';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import openApi from '../../docs/openapi.json' with { type: 'json' };

import { parse } from '../contract/schemas/parse.ts';
import { bulkHandlers } from './bulk-handlers.ts';
import { requireValid } from './call.ts';
import type { AccountCall, Answer } from './call.ts';
import type { Bearer, Callers } from './callers.ts';
import { domainHandlers } from './domain-handlers.ts';
import { acceptEvent } from './event-handler.ts';
import { HttpProblem } from './http-problem.ts';
import { identifyBearer, identifySender } from './identify.ts';
import type { SignedEvent } from './identify.ts';
import type { Operation, operations } from './operations.ts';
import { runHandlers } from './run-handlers.ts';

type AnyOperation = (typeof operations)[number];
type AccountOperation = Exclude<AnyOperation, { access: 'anybody' | 'sender' }>;

const accountHandlers: Record<AccountOperation['id'], (call: AccountCall) => Promise<Answer>> = {
  ...domainHandlers,
  ...runHandlers,
  ...bulkHandlers,
};

/** Who sends the request, as far as its operation accepts it. */
export type Identity = { kind: 'sender'; event: SignedEvent } | { kind: 'bearer'; caller: Bearer };

/** `null`: an operation for anybody, or a caller that could not be identified. */
export function identify(
  { senders, bearers }: Callers,
  access: Operation['access'] | undefined,
  request: FastifyRequest,
): Identity | null {
  if (access === undefined || access === 'anybody') return null;
  if (access === 'sender') {
    const event = identifySender(senders, paramsOf(request)['caller'] ?? '', request.headers, bodyOf(request));
    return event && { kind: 'sender', event };
  }
  const caller = identifyBearer(bearers, request.headers);
  return caller && { kind: 'bearer', caller };
}

/** @throws {HttpProblem} 401, 403, 422, and those of the handler */
export async function handle(operation: AnyOperation, client: Client, request: FastifyRequest): Promise<Answer> {
  const { identity } = request;
  if (operation.access === 'anybody') {
    checkQuery(operation, request);
    return { status: 200, body: openApi };
  }
  if (operation.access === 'sender') {
    if (identity?.kind !== 'sender') throw notAuthenticated('StandardWebhooks');
    checkQuery(operation, request);
    return await acceptEvent({ client, ...identity.event, body: bodyOf(request) });
  }
  if (identity?.kind !== 'bearer') throw notAuthenticated('Bearer');
  const { caller } = identity;
  const { account: accountId = '', ...params } = paramsOf(request);
  if (!caller.actions.includes(operation.access)) {
    throw new HttpProblem(403, { detail: `"${operation.access}" is not one of this caller's actions` });
  }
  if (!caller.accounts.includes(accountId)) {
    throw new HttpProblem(403, { detail: "The account is not one of this caller's accounts" });
  }
  const query = checkQuery(operation, request);
  return await accountHandlers[operation.id]({ client, caller, accountId, params, query, body: bodyOf(request) });
}

/** @param scheme of the authentication that the operation accepts: RFC 9110, section 11.6.1 */
function notAuthenticated(scheme: string): HttpProblem {
  return new HttpProblem(401, { headers: { 'www-authenticate': scheme } });
}

const noQuery = z.strictObject({});

function checkQuery({ query = noQuery }: Operation, request: FastifyRequest): unknown {
  const remedy = 'correct or remove it; /v1/openapi.json has the parameters of this address';
  return requireValid(parse(query, request.query, { subject: 'query', remedy }));
}

const paramsSchema = z.record(z.string(), z.string());

function paramsOf({ params }: FastifyRequest): Record<string, string> {
  return paramsSchema.parse(params);
}

/** The bytes that were sent: a signature covers them, and the body of an unknown caller is not parsed. */
function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
