/** Who is called back, and what the calls are signed with. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Somebody's server that call-backs go to.
 * @param statuses of one answer after the other; the last one stays */
export async function startReceiver(statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const status = statuses[Math.min(received.length, statuses.length - 1)] ?? 204;
      received.push({ headers: request.headers, body });
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('A TCP server has a port');
  return {
    origin: `http://127.0.0.1:${bound.port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export async function writeSecrets(secrets: string[]): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-secrets-'));
  const path = join(folder, 'secrets');
  await writeFile(path, secrets.map((secret) => `${secret}\n`).join(''));
  return { path, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true }) };
}
