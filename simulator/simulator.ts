import { fastify } from 'fastify';
import { isIPv6 } from 'node:net';
import { Account } from './account.ts';
import { apiError } from './api-error.ts';
import { CallLog } from './call-log.ts';
import { addCloudflareApi, apiBasePath } from './cloudflare-api.ts';
import { addControlApi, controlBasePath } from './control-api.ts';
import { errorResponse } from './envelope.ts';
import { Faults } from './faults.ts';
import { NameServer } from './name-server.ts';
import { RateLimit } from './rate-limit.ts';
import { seedZone } from './seed-zone.ts';
import type { ServerAddress } from './txt-query.ts';
import { Verifier } from './verifier.ts';

export const defaultAccountId = '0123456789abcdef0123456789abcdef';
/** Not a secret: only simulators accept it. */
export const defaultToken = 'simulator-token-that-opens-nothing-else';

const nameServerNames = ['ada', 'bob', 'cleo', 'dan', 'eva', 'finn'];

export interface SimulatorOptions {
  /** IP address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Port of the API; name servers always use free ports. Default 0, a free port. */
  port?: number;
  /** 32 lower-case hexadecimal characters. Default `defaultAccountId`. */
  accountId?: string;
  /** Value of the account's first token, of kind `user` with all permissions. Default `defaultToken`. */
  token?: string;
  /** Name of the account's first zone. Default example.com. */
  domain?: string;
  /** One name server per entry: real seconds from a change of a zone until that server serves it. Default [0, 0]. */
  nameServerLagSeconds?: readonly number[];
  /** Simulated seconds per real second, for the verifier only. Default 1. */
  timeScale?: number;
  /**
   * Poll interval and time limit of verification, in simulated seconds. Default 30 and two days; Cloudflare documents
   * the two days ("within two days"), but not the interval.
   */
  verifier?: { everySeconds: number; timeoutSeconds: number };
  /** The name servers that the verifier queries. Default: the simulator's own. */
  verifierNameServers?: readonly ServerAddress[];
  /** Rate limit of each token. Default 1,200, Cloudflare's own; a test with hundreds of domains needs more. */
  callsPerFiveMinutes?: number;
  /** Undocumented: whether a domain can have a second connector in the account. Default `refused`. */
  secondConnector?: 'refused' | 'allowed';
}

export interface Simulator {
  /** Base URL of the API; it ends in /client/v4. */
  baseUrl: string;
  /** Base URL of the control API. */
  controlUrl: string;
  nameServers: readonly NameServer[];
  /** The environment variables that make a worker use the simulator, except CLOUDFLARE_API_TOKEN. */
  environment: Record<'CLOUDFLARE_BASE_URL' | 'CLOUDFLARE_ACCOUNT_ID' | 'DNS_NAMESERVERS' | 'DNS_RESOLVERS', string>;
  account: Account;
  log: CallLog;
  faults: Faults;
  /** Stops all servers and timers. Calls that are still open get no response. */
  close(): Promise<void>;
}

/**
 * Starts a simulated Cloudflare account: its API, the control API, its name servers and its verifier.
 *
 * @throws {Error} when the port is in use or the domain is not a valid zone name
 */
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
    nameServers: options.verifierNameServers ?? nameServers,
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
  // Deferred last, so that held calls end first: closing the server waits for them.
  started.defer(() => faults.close());

  const addresses = nameServers.map(({ address, port }) => formatSocketAddress(address, port)).join(',');
  const running = started.move();
  return {
    baseUrl: origin + apiBasePath,
    controlUrl: origin + controlBasePath,
    nameServers,
    environment: {
      CLOUDFLARE_BASE_URL: origin + apiBasePath,
      CLOUDFLARE_ACCOUNT_ID: account.id,
      DNS_NAMESERVERS: addresses,
      // The simulated zones do not exist in public DNS, so recursive queries go to the same servers.
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
  // Bodies stay text, because one that is not JSON must be logged and get Cloudflare's error instead of Fastify's.
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const { body } = errorResponse(apiError(status, 1100, String(error)));
    return reply.status(status).send(body);
  });
  return server;
}

function formatSocketAddress(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
