import { fastify } from 'fastify';
import { isIPv6 } from 'node:net';
import { Account } from './account.ts';
import { refusal } from './api-error.ts';
import { CallLog } from './call-log.ts';
import { addCloudflareApi, API_BASE } from './cloudflare-api.ts';
import { addControlApi, CONTROL_BASE } from './control-api.ts';
import { answerError } from './envelope.ts';
import { Faults } from './faults.ts';
import { NameServer } from './name-server.ts';
import { RateLimit } from './rate-limit.ts';
import { seedZone } from './seed-zone.ts';
import type { ServerAddress } from './txt-query.ts';
import { Verifier } from './verifier.ts';

export const defaultAccountId = '0123456789abcdef0123456789abcdef';
/** No secret: it opens nothing but a simulator. */
export const defaultToken = 'simulator-token-that-opens-nothing-else';

const nameServerNames = ['ada', 'bob', 'cleo', 'dan', 'eva', 'finn'];

export interface SimulatorOptions {
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port of the API; name servers always take free ones. Default 0, a free one. */
  port?: number;
  /** 32 hexadecimal characters. Default `defaultAccountId`. */
  accountId?: string;
  /** Value of the one token at the start, of kind `user`, with all permissions. Default `defaultToken`. */
  token?: string;
  /** The zone that the account starts with. Default example.com. */
  domain?: string;
  /** One name server for each entry: real seconds after a change of a zone until that server shows it. Default [0, 0]. */
  nameServerLagSeconds?: readonly number[];
  /** Simulated seconds in a real one; they are the verifier's. Default 1. */
  timeScale?: number;
  /** In simulated seconds. Default: a look every 30, `failed` after two days. */
  verifier?: { everySeconds: number; timeoutSeconds: number };
  /** Whom the verifier asks, where the domain is served elsewhere than here. Default: the simulator's own name servers. */
  verifierAsks?: readonly ServerAddress[];
  /** Of each token. Default 1,200, as Cloudflare has it: a test of hundreds of domains needs more, or hours. */
  callsPerFiveMinutes?: number;
  /** Undocumented: whether one domain may have a second connector. Default `refused`. */
  secondConnector?: 'refused' | 'allowed';
}

export interface Simulator {
  /** Of the API: ends in /client/v4. */
  baseUrl: string;
  controlUrl: string;
  nameServers: readonly NameServer[];
  /** What a worker needs in its environment to take the simulator for Cloudflare, but the token. */
  environment: Record<'CLOUDFLARE_BASE_URL' | 'CLOUDFLARE_ACCOUNT_ID' | 'DNS_NAMESERVERS' | 'DNS_RESOLVERS', string>;
  account: Account;
  log: CallLog;
  faults: Faults;
  /** Ends every socket and timer, held calls included. */
  close(): Promise<void>;
}

/** Starts a Cloudflare account, its API and its name servers. Throws when a port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  await using started = new AsyncDisposableStack();
  const host = options.host ?? '127.0.0.1';
  const account = seedAccount(options);
  const nameServers: NameServer[] = [];
  for (const [index, lagSeconds] of (options.nameServerLagSeconds ?? [0, 0]).entries()) {
    const name = `${nameServerNames[index] ?? `ns${index + 1}`}.ns.cloudflare.test`;
    const nameServer = await NameServer.start({ name, host, lagSeconds, zones: account.zones });
    started.defer(() => nameServer.close());
    nameServers.push(nameServer);
  }
  const verifier = new Verifier({
    connectors: account.connectors,
    nameServers: options.verifierAsks ?? nameServers,
    timeScale: options.timeScale ?? 1,
    ...(options.verifier ?? { everySeconds: 30, timeoutSeconds: 172_800 }),
  });
  started.defer(() => verifier.close());

  const [log, faults] = [new CallLog(), new Faults()];
  const server = createServer();
  addCloudflareApi(server, { account, log, faults }, new RateLimit(options.callsPerFiveMinutes));
  addControlApi(server, { account, log, faults, nameServers });
  started.defer(() => server.close());
  const origin = await server.listen({ host, port: options.port ?? 0 });
  // Held calls end before the server does, which would wait for them.
  started.defer(() => faults.close());

  const addresses = nameServers.map(({ address, port }) => toSocketAddress(address, port)).join(',');
  const running = started.move();
  return {
    baseUrl: origin + API_BASE,
    controlUrl: origin + CONTROL_BASE,
    nameServers,
    environment: {
      CLOUDFLARE_BASE_URL: origin + API_BASE,
      CLOUDFLARE_ACCOUNT_ID: account.id,
      DNS_NAMESERVERS: addresses,
      // The outside view, too, has to stay on this machine.
      DNS_RESOLVERS: addresses,
    },
    account,
    log,
    faults,
    close: () => running.disposeAsync(),
  };
}

function seedAccount(options: SimulatorOptions): Account {
  const account = new Account(options.accountId ?? defaultAccountId);
  const zone = seedZone(options.domain ?? 'example.com');
  const token = { value: options.token ?? defaultToken, kind: 'user', status: 'active' } as const;
  account.patch({ tokens: [token], zones: [zone], secondConnector: options.secondConnector });
  return account;
}

function createServer() {
  const server = fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  server.removeAllContentTypeParsers();
  // Bodies stay text until they are needed: one that is not JSON has to be answered by Cloudflare's rules, and logged.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const { body } = answerError(refusal(status, 1100, String(error)));
    return reply.status(status).send(body);
  });
  return server;
}

function toSocketAddress(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
