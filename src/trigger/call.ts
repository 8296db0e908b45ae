/** A request whose caller is known, and its answer. */
import type { Client } from '@temporalio/client';
import type { z } from 'zod';

import { parse } from '../contract/schemas/parse.ts';
import type { Parsed } from '../contract/schemas/parse.ts';
import type { Bearer } from './callers.ts';
import { HttpProblem } from './http-problem.ts';
import type { SignedEvent } from './identify.ts';
import type { SuccessStatus } from './statuses.ts';

/** A sender's event. */
export interface EventCall extends SignedEvent {
  client: Client;
  body: Buffer;
}

/** A bearer's request, whose action and account it may use. */
export interface AccountCall {
  client: Client;
  caller: Bearer;
  accountId: string;
  /** The other parts of the address, by name. */
  params: Readonly<Record<string, string>>;
  /** Has been checked against the operation's schema. */
  query: unknown;
  body: Buffer;
}

export interface Answer {
  status: SuccessStatus;
  location?: string;
  /** Left out: no content. */
  body?: unknown;
}

/** @throws {HttpProblem} 400 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpProblem(400, { detail: 'The body is not JSON in UTF-8' });
  }
}

/** @throws {HttpProblem} 422 with every problem */
export function requireValid<Value>(parsed: Parsed<Value>): Value {
  if (parsed.ok) return parsed.value;
  throw new HttpProblem(422, { detail: 'Nothing was done; see "problems"', problems: parsed.problems });
}

/** @throws {HttpProblem} 400, 422 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.output<Schema> {
  const wording = { subject: 'body', remedy: 'correct it and send it again; /v1/openapi.json describes it' };
  return requireValid(parse(schema, parseJson(body), wording));
}

/**
 * The body together with what the address says, as one input of the contract.
 * @throws {HttpProblem} 400; 422 if the body says it as well
 */
export function mergeWithAddress(body: Buffer, address: Readonly<Record<string, string>>): unknown {
  const value = parseJson(body);
  // The contract's schema refuses anything but an object.
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const twice = Object.keys(address).filter((field) => Object.hasOwn(value, field));
  if (twice.length === 0) return { ...value, ...address };
  const why = { problem: 'the address gives it', remedy: 'leave it out' };
  return requireValid({ ok: false, problems: twice.map((subject) => ({ subject, ...why })) });
}
