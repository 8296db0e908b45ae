/** Who is called back: an HTTP server that keeps what it gets, and checks it as the documentation says to. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Webhook } from 'standardwebhooks';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver extends AsyncDisposable {
  /** `http://ip:port` */
  origin: string;
  /** In the order in which they came. */
  received: Received[];
  /** `silence`: it takes what comes, and answers nothing until it is `answer` again. */
  mode: 'answer' | 'silence';
}

/** @param statuses of one answer after the other; the last one stays */
export async function startReceiver(statuses: number[] = [204]): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 204;
      received.push({ headers: request.headers, body });
      if (receiver.mode === 'answer')
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('A TCP server has a port');
  const receiver: Receiver = {
    origin: `http://127.0.0.1:${bound.port}`,
    received,
    mode: 'answer',
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** What was sent, if it is signed with the secret; throws otherwise. */
export function verify({ headers, body }: Received, secret: string): unknown {
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return new Webhook(secret).verify(body, flat);
}

/** The file that `CALLBACK_SECRETS_FILE` names. */
export async function writeSecrets(secrets: string[]): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-secrets-'));
  const path = join(folder, 'secrets');
  await writeFile(path, secrets.map((secret) => `${secret}\n`).join(''));
  return { path, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true }) };
}
