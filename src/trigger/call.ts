/** A request whose sender is known, and what every handler asks of it. */
import type { Client } from '@temporalio/client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { Caller } from './callers.ts';
import { HttpProblem } from './http-problem.ts';
import type { Identity } from './identify.ts';

export interface Call {
  client: Client;
  identity: Identity | null;
  request: FastifyRequest;
  reply: FastifyReply;
  body: Buffer;
}

export type Handler = (call: Call) => Promise<void>;

/** @throws {HttpProblem} 401 */
export function known({ identity }: Call): Identity {
  if (identity === null) throw new HttpProblem(401);
  return identity;
}

/** @throws {HttpProblem} 400 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpProblem(400, 'The body is not JSON in UTF-8');
  }
}

/** @throws {HttpProblem} 403 */
export function requireAccount({ accounts }: Caller, accountId: string): void {
  if (!accounts.includes(accountId)) throw new HttpProblem(403);
}

const accountQuery = z.object({ account: z.string().optional() });

/**
 * Which account is meant; a caller that has one need not name it.
 * @throws {HttpProblem} 403, 422
 */
export function accountOf(call: Call): string {
  const { caller } = known(call);
  const query = accountQuery.safeParse(call.request.query);
  if (!query.success) throw new HttpProblem(422, 'One account, please: ?account=…');
  const [only, ...others] = caller.accounts;
  const accountId = query.data.account ?? (others.length === 0 ? only : undefined);
  if (accountId === undefined) throw new HttpProblem(422, 'Which account? Add ?account=…');
  requireAccount(caller, accountId);
  return accountId;
}
