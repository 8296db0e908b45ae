/** A peer that gives a test's own answers, for those that a simulated account cannot give. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { onTestFinished } from 'vitest';

/** A body that is text goes out as it is, any other as JSON. A function does as it likes. */
export type ScriptedAnswer =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | ((response: ServerResponse, request: IncomingMessage) => void);

export interface SeenRequest {
  method: string | undefined;
  /** Path and query, as they came. */
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ScriptedServer {
  baseUrl: string;
  /** Every request so far, in order. */
  seen: SeenRequest[];
}

/** Starts a server that gives these answers, one a request; it ends with the test. */
export async function startScriptedServer(...answers: ScriptedAnswer[]): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const rest = [...answers];
  const server = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    give(rest.shift() ?? { status: 500, body: 'the script has no answer left' }, response, request);
  }

  const origin = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { baseUrl: `${origin}/client/v4`, seen };
}

/** A base URL where nothing listens any more. */
export async function abandonedBaseUrl(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  server.close();
  await once(server, 'close');
  return `${origin}/client/v4`;
}

interface EnvelopeAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** The envelope of a success. */
export function success(result?: unknown, rest: Record<string, unknown> = {}): EnvelopeAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [], result, ...rest } };
}

/** One page of a list. */
export function page(result: unknown, totalPages: number): EnvelopeAnswer {
  return success(result, { result_info: { total_pages: totalPages } });
}

/** The envelope of a refusal. */
export function refusal(status: number, ...errors: Record<string, unknown>[]): EnvelopeAnswer {
  return { status, body: { success: false, errors, messages: [], result: null } };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}`;
}

function give(answer: ScriptedAnswer, response: ServerResponse, request: IncomingMessage): void {
  if (typeof answer === 'function') {
    answer(response, request);
    return;
  }
  const { status = 200, headers = {}, body = '' } = answer;
  const isText = typeof body === 'string';
  response.writeHead(status, { ...(isText ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(isText ? body : JSON.stringify(body));
}
