/** A trigger before a world: callers of both kinds, and what they send. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';
import { Webhook } from 'standardwebhooks';

import { parseCallers } from '../../src/trigger/callers.ts';
import type { Action } from '../../src/trigger/callers.ts';
import { createTriggerServer } from '../../src/trigger/server.ts';

export function newToken(): { token: string; bearerSha256: string } {
  const token = randomBytes(24).toString('base64url');
  return { token, bearerSha256: createHash('sha256').update(token).digest('hex') };
}

/** As the callers file has it. */
export interface CallerEntry {
  name: string;
  webhookSecrets?: string[];
  bearerSha256?: string;
  accounts: string[];
  actions: Action[];
  requestsPerMinute?: number;
  adapter?: string;
}

export interface CallersFile extends AsyncDisposable {
  path: string;
}

/** @param files besides the callers file, by name: adapters */
export async function writeCallers(callers: unknown[], files: Record<string, unknown> = {}): Promise<CallersFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-trigger-'));
  const path = join(folder, 'callers.json');
  await writeFile(path, JSON.stringify({ callers }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
  return { path, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true }) };
}

export interface RunningTrigger extends AsyncDisposable {
  /** `http://ip:port` */
  url: string;
}

/** In this process, on a port that the system chooses. */
export async function startTrigger(
  client: Client,
  callers: CallerEntry[],
  files: Record<string, unknown> = {},
): Promise<RunningTrigger> {
  const unlimited = callers.map((caller) => ({ requestsPerMinute: 1_000_000, ...caller }));
  await using file = await writeCallers(unlimited, files);
  const app = createTriggerServer({ client, callers: parseCallers(file.path), logLevel: 'ERROR' });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, [Symbol.asyncDispose]: async () => await app.close() };
}

export interface Signing {
  secret: string;
  id?: string;
  at?: Date;
}

/** The three headers of Standard Webhooks. */
export function sign(body: string, { secret, id = randomUUID(), at = new Date() }: Signing): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const body: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

/** An event as a sender of webhooks sends it. */
export async function sendSigned(
  url: string,
  event: unknown,
  signing: Signing,
  path = '/onboardings',
): Promise<Answer> {
  const body = JSON.stringify(event);
  return await send(`${url}${path}`, { method: 'POST', headers: sign(body, signing), body });
}

/** A call of a person's. */
export async function call(
  url: string,
  token: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  return await send(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
