/**
 * Route 53 as far as publishing goes: moto keeps zones and sets and speaks the API; what it lacks is done in front of it, in
 * this process: a change batch that is refused when it does not match what is there, pages, name servers for each zone,
 * changes that take their time, credentials that are checked, faults, and DNS.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type { ResourceRecordSet } from '@aws-sdk/client-route-53';

import { startMoto } from './moto-process.ts';
import type { Moto } from './moto-process.ts';
import { startNamed } from './named.ts';
import type { Named } from './named.ts';
import { openAccount } from './route53-account.ts';
import { actionOf, changeInfo, give, namespace, refusal, sortKey } from './route53-answers.ts';
import type { Refusal, Route53Action } from './route53-answers.ts';
import { judgeBatch, parseBatch, toMotoBatch } from './route53-batch.ts';
import { addableZones, addDnsZone, copyToDns } from './route53-dns.ts';

export type Route53Fault =
  /** The API's answer, and nothing is done. */
  | Refusal
  /** Any other answer. */
  | { status: number; body: string }
  | 'reset before'
  /** It is done, and the answer is lost. */
  | 'reset after'
  | 'hang'
  /** What somebody else does right before. */
  | (() => Promise<unknown>);

export interface Route53Options {
  /** Default: one of its own. */
  moto?: Moto;
  /** What serves the public zones: default: a server of its own; or one started with `addableZones`. `null`: nothing. */
  named?: Named | null;
  /** How many zones or sets are on a page. */
  pageSize?: number;
  /** For how many queries a change is PENDING. */
  pendingQueries?: number;
}

export interface HostedZoneSeed {
  isPrivate?: boolean;
  /** Default: those of moto. */
  nameServers?: readonly string[];
  sets?: readonly ResourceRecordSet[];
}

export interface Route53Peer extends AsyncDisposable {
  readonly endpoint: string;
  /** What serves the public zones. */
  readonly named: Named;
  /** `AWS_*` variables of a process that uses this account; all that it needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** The actions asked for so far, those that met a fault included. */
  readonly calls: Route53Action[];
  /** The comments of the batches that were carried out. */
  readonly comments: string[];
  /** The next call of this action meets the fault. */
  fail: (action: Route53Action, fault: Route53Fault) => void;
  /** Resets every connection until what it answers is called. */
  takeDown: () => () => void;
  /** Answers the id of the zone. */
  createZone: (apex: string, seed?: HostedZoneSeed) => Promise<string>;
  /** What somebody does in the console: creates the set, or replaces the one of the same name and type. */
  put: (zoneId: string, set: ResourceRecordSet) => Promise<void>;
  /** The TXT sets of the zone, as they are listed. */
  txtSets: (zoneId: string) => Promise<ResourceRecordSet[]>;
}

interface Call {
  action: Route53Action;
  method: string;
  url: URL;
  body: string;
  zoneId: string;
}

const defaultServers = ['com', 'net', 'org', 'co.uk'].map(
  (tld, index) => `ns-${2048 + index}.awsdns-${64 + index}.${tld}`,
);

/** The caller stops what it passes in; disposal stops the rest. */
export async function startRoute53(options: Route53Options = {}): Promise<Route53Peer> {
  const { pageSize, pendingQueries = 0 } = options;
  await using starting = new AsyncDisposableStack();
  const moto = options.moto ?? starting.use(await startMoto());
  const named =
    options.named === undefined ? starting.use(await startNamed({ zones: [], options: addableZones })) : options.named;
  const account = openAccount(moto);
  const credentials = { accessKeyId: 'AKIAEXAMPLEOFATEST00', secretAccessKey: `secret-${randomUUID()}` };
  const zones = new Map<string, { apex: string; nameServers: readonly string[] }>();
  const pending = new Map<string, number>();
  const faults: { action: Route53Action; fault: Route53Fault }[] = [];
  const calls: Route53Action[] = [];
  const comments: string[] = [];
  let previous: Promise<unknown> = Promise.resolve();
  let isDown = false;

  async function listZones({ url }: Call): Promise<string> {
    const from = sortKey(url.searchParams.get('dnsname') ?? '', url.searchParams.get('hostedzoneid') ?? '');
    const rest = (await account.listZones())
      .map((zone) => ({ ...zone, key: sortKey(zone.name, zone.id) }))
      .filter(({ key }) => key >= from)
      .toSorted((one, other) => (one.key < other.key ? -1 : 1));
    const page = rest.slice(0, pageSize ?? 100);
    const next = rest[page.length];
    const more =
      next === undefined
        ? ''
        : `<NextDNSName>${next.name}</NextDNSName><NextHostedZoneId>${next.id}</NextHostedZoneId>`;
    return `<ListHostedZonesByNameResponse xmlns="${namespace}"><HostedZones>${page.map(({ xml }) => xml).join('')}</HostedZones><IsTruncated>${next !== undefined}</IsTruncated>${more}<MaxItems>100</MaxItems></ListHostedZonesByNameResponse>`;
  }

  async function carryOut(call: Call): Promise<string | Refusal> {
    const changes = parseBatch(call.body);
    const problems = judgeBatch(await account.writtenSets(call.zoneId), changes);
    if (problems.length > 0) return { status: 400, code: 'InvalidChangeBatch', message: `[${problems.join(', ')}]` };
    await account.ask('POST', call.url.pathname, toMotoBatch(call.body, changes));
    comments.push(/<Comment>(.*?)<\/Comment>/u.exec(call.body)?.[1] ?? '');
    await showInDns(call.zoneId, new Set(changes.map(({ set }) => set.name)));
    const id = `C${randomUUID().replaceAll('-', '').toUpperCase()}`;
    pending.set(id, pendingQueries);
    return `<ChangeResourceRecordSetsResponse xmlns="${namespace}">${changeInfo(id, 'PENDING')}</ChangeResourceRecordSetsResponse>`;
  }

  async function showInDns(zoneId: string, names: ReadonlySet<string>): Promise<void> {
    const apex = zones.get(zoneId)?.apex;
    if (named === null || apex === undefined) return;
    const sets = await account.writtenSets(zoneId);
    for (const name of names) await copyToDns(named, { apex, name, sets });
  }

  async function answerTo(call: Call): Promise<string | Refusal> {
    switch (call.action) {
      case 'ListHostedZonesByName':
        return await listZones(call);
      case 'GetHostedZone': {
        const servers = (zones.get(call.zoneId)?.nameServers ?? []).map((name) => `<NameServer>${name}</NameServer>`);
        const xml = await account.ask('GET', call.url.pathname);
        return xml.replace(/<NameServers>.*<\/NameServers>/su, `<NameServers>${servers.join('')}</NameServers>`);
      }
      case 'ListResourceRecordSets':
        if (pageSize !== undefined) call.url.searchParams.set('maxitems', `${pageSize}`);
        return await account.ask('GET', `${call.url.pathname}${call.url.search}`);
      case 'ChangeResourceRecordSets': {
        // One after the other, as in one zone of Route 53.
        const carriedOut = previous.then(async () => await carryOut(call));
        previous = carriedOut.catch(() => null);
        return await carriedOut;
      }
      case 'GetChange': {
        const id = call.url.pathname.split('/').at(-1) ?? '';
        const left = pending.get(id);
        if (left === undefined)
          return { status: 404, code: 'NoSuchChange', message: `Could not find resource with ID: ${id}` };
        pending.set(id, left - 1);
        return `<GetChangeResponse xmlns="${namespace}">${changeInfo(id, left > 0 ? 'PENDING' : 'INSYNC')}</GetChangeResponse>`;
      }
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isDown) {
      response.socket?.resetAndDestroy();
      return;
    }
    const url = new URL(request.url ?? '', moto.endpoint);
    const action = actionOf(request.method, url);
    if (action === null) throw new Error(`Nobody needs ${request.method} ${url.pathname}`);
    calls.push(action);
    const call = {
      action,
      method: request.method ?? '',
      url,
      body: await text(request),
      zoneId: url.pathname.split('/')[3] ?? '',
    };
    const position = faults.findIndex((rule) => rule.action === action);
    const fault = position === -1 ? undefined : faults.splice(position, 1)[0]?.fault;
    if (fault === 'hang') return;
    if (fault === 'reset before') {
      response.socket?.resetAndDestroy();
      return;
    }
    if (typeof fault === 'function') await fault();
    if (typeof fault === 'object') {
      give(response, 'body' in fault ? fault : refusal(fault));
      return;
    }
    if (!(request.headers.authorization ?? '').includes(`Credential=${credentials.accessKeyId}/`)) {
      const message = 'The security token included in the request is invalid.';
      give(response, refusal({ status: 403, code: 'InvalidClientTokenId', message }));
      return;
    }
    const answered = await answerTo(call);
    if (fault === 'reset after') response.socket?.resetAndDestroy();
    else give(response, typeof answered === 'string' ? { status: 200, body: answered } : refusal(answered));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => give(response, { status: 500, body: String(error) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('An HTTP server has a port');
  const endpoint = `http://127.0.0.1:${bound.port}`;

  async function put(zoneId: string, set: ResourceRecordSet): Promise<void> {
    await account.put(zoneId, set);
    await showInDns(zoneId, new Set([`${set.Name?.replace(/\.$/u, '')}.`]));
  }

  const owned = starting.move();
  owned.defer(async () => {
    account.close();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return {
    endpoint,
    get named() {
      if (named === null) throw new Error('This Route 53 was started without DNS');
      return named;
    },
    environment: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_ROUTE_53: endpoint,
      // Nothing of the machine that this runs on.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    calls,
    comments,
    fail: (action, fault) => void faults.push({ action, fault }),
    takeDown() {
      isDown = true;
      server.closeAllConnections();
      return () => {
        isDown = false;
      };
    },
    async createZone(apex, { isPrivate = false, nameServers = defaultServers, sets = [] } = {}) {
      const id = await account.createZone(apex, isPrivate);
      zones.set(id, { apex, nameServers });
      if (named !== null && !isPrivate) await addDnsZone(named, apex, nameServers);
      for (const set of sets) await put(id, set);
      return id;
    },
    put,
    txtSets: async (zoneId) => (await account.listSets(zoneId)).filter(({ Type: type }) => type === 'TXT'),
    [Symbol.asyncDispose]: async () => await owned.disposeAsync(),
  };
}
