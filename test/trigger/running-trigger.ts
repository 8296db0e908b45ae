/** A trigger in this process, its callers of both kinds, and what they send. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';
import { Webhook } from 'standardwebhooks';

import type { WorkflowKind } from '../../src/contract/names/ids.ts';
import { actions, parseCallers } from '../../src/trigger/callers.ts';
import type { Action } from '../../src/trigger/callers.ts';
import { createTriggerServer } from '../../src/trigger/server.ts';

export interface Token {
  token: string;
  tokenSha256: string;
}

export function newToken(): Token {
  const token = randomBytes(24).toString('base64url');
  return { token, tokenSha256: createHash('sha256').update(token).digest('hex') };
}

/** As the callers file has it. */
export interface SenderEntry {
  name: string;
  webhookSecrets: string[];
  starts: WorkflowKind;
  accounts: string[];
  adapter?: string;
  requestsPerMinute?: number;
}

/** As the callers file has it. */
export interface BearerEntry {
  name: string;
  tokenSha256: string;
  accounts: string[];
  actions: Action[];
  requestsPerMinute?: number;
}

export interface CallersEntry {
  senders?: SenderEntry[];
  bearers?: BearerEntry[];
}

export function senderOf(secret: string, accounts: string[], changes: Partial<SenderEntry> = {}): SenderEntry {
  return { name: 'hr', webhookSecrets: [secret], starts: 'onboarding', accounts, ...changes };
}

/** May do everything. */
export function bearerOf({ tokenSha256 }: Token, accounts: string[], changes: Partial<BearerEntry> = {}): BearerEntry {
  return { name: 'alice', tokenSha256, accounts, actions: [...actions], ...changes };
}

export interface CallersFile extends AsyncDisposable {
  path: string;
}

/** @param files beside the callers file, by name: adapters */
export async function writeCallers(callers: unknown, files: Record<string, unknown> = {}): Promise<CallersFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-trigger-'));
  const path = join(folder, 'callers.json');
  await writeFile(path, JSON.stringify(callers));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
  return { path, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true }) };
}

export interface RunningTrigger extends AsyncDisposable {
  /** `http://ip:port` */
  url: string;
}

/** On a port that the system chooses. Callers without a rate limit of their own have none. */
export async function startTrigger(
  client: Client,
  { senders = [], bearers = [] }: CallersEntry,
  files: Record<string, unknown> = {},
): Promise<RunningTrigger> {
  const unlimited = { requestsPerMinute: 1_000_000 };
  await using file = await writeCallers(
    {
      senders: senders.map((sender) => ({ ...unlimited, ...sender })),
      bearers: bearers.map((bearer) => ({ ...unlimited, ...bearer })),
    },
    files,
  );
  const app = createTriggerServer({ client, callers: parseCallers(file.path), logLevel: 'ERROR' });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, [Symbol.asyncDispose]: async () => await app.close() };
}

export function domainPath(accountId: string, domain = 'example.com'): string {
  return `/v1/accounts/${accountId}/domains/${domain}`;
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
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

/** A sender's event. */
export async function sendSigned(url: string, event: unknown, signing: Signing, caller = 'hr'): Promise<Answer> {
  const body = JSON.stringify(event);
  return await send(`${url}/v1/events/${caller}`, { method: 'POST', headers: sign(body, signing), body });
}

export type Method = 'GET' | 'POST';

/** A bearer's request. */
export async function call(url: string, token: string, method: Method, path: string, body?: unknown): Promise<Answer> {
  return await send(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
