/** The part of Route 53's API that publishing needs. https://docs.aws.amazon.com/Route53/latest/APIReference/ */
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { Change, ListResourceRecordSetsRequest, ResourceRecordSet } from '@aws-sdk/client-route-53';

import { isSameName, toCanonicalName } from '../../../domains/dns-name.ts';
import { isUnknownChange, malformedAnswer, toProviderError } from './error.ts';

export interface HostedZone {
  /** Without `/hostedzone/`. */
  id: string;
  isPrivate: boolean;
}

/** Every method rejects with a `ProviderError`, or with the reason of an aborted signal. */
export interface Route53 {
  /** The account's hosted zones of exactly this name. */
  listZonesNamed: (name: string, signal: AbortSignal) => Promise<HostedZone[]>;
  /** The servers that Route 53 gave a public hosted zone. */
  getNameServers: (zoneId: string, signal: AbortSignal) => Promise<string[]>;
  /** The record sets of every type at exactly this name, including changes that are not in sync yet. */
  listSetsAt: (zoneId: string, name: string, signal: AbortSignal) => Promise<ResourceRecordSet[]>;
  /** Makes all of the changes or none. Returns the change's id, without `/change/`. */
  change: (zoneId: string, batch: { changes: Change[]; comment: string }, signal: AbortSignal) => Promise<string>;
  /** Whether a change has reached all of Route 53's servers. */
  isInSync: (changeId: string, signal: AbortSignal) => Promise<boolean>;
}

/** The SDK's client on its default credential chain, which reads the `AWS_*` variables, profiles and roles. */
export function createRoute53Client(): Route53Client {
  const configured = new Route53Client();
  return new Route53Client({
    // The caller retries, because it has to know of each attempt.
    maxAttempts: 1,
    async region() {
      try {
        return await configured.config.region();
      } catch {
        // None is set. Route 53 is global, and its requests are signed for this region.
        return 'us-east-1';
      }
    },
  });
}

export function createRoute53(client: Route53Client): Route53 {
  return {
    async listZonesNamed(name, signal) {
      const found: HostedZone[] = [];
      let from: { DNSName: string; HostedZoneId?: string | undefined } | null = {
        DNSName: `${toCanonicalName(name)}.`,
      };
      while (from !== null) {
        const command: ListHostedZonesByNameCommand = new ListHostedZonesByNameCommand(from);
        const page = await send(
          'ListHostedZonesByName',
          signal,
          async (options) => await client.send(command, options),
        );
        const { HostedZones: zones, IsTruncated: isTruncated, NextDNSName: next } = page;
        if (zones === undefined || isTruncated === undefined) throw malformedAnswer('ListHostedZonesByName');
        for (const { Id: id, Name: zoneName, Config: config } of zones) {
          if (id === undefined || zoneName === undefined) throw malformedAnswer('ListHostedZonesByName');
          // Sorted by name, and not limited to the one that was asked for.
          if (!isSameName(zoneName, name)) return found;
          found.push({ id: withoutPrefix(id), isPrivate: config?.PrivateZone === true });
        }
        from = isTruncated && next !== undefined ? { DNSName: next, HostedZoneId: page.NextHostedZoneId } : null;
      }
      return found;
    },

    async getNameServers(zoneId, signal) {
      const command = new GetHostedZoneCommand({ Id: zoneId });
      const zone = await send('GetHostedZone', signal, async (options) => await client.send(command, options));
      const servers = zone.DelegationSet?.NameServers;
      if (servers === undefined) throw malformedAnswer('GetHostedZone');
      return servers.map(toCanonicalName);
    },

    async listSetsAt(zoneId, name, signal) {
      const found: ResourceRecordSet[] = [];
      let from: ListResourceRecordSetsRequest | null = { HostedZoneId: zoneId, StartRecordName: name };
      while (from !== null) {
        const command: ListResourceRecordSetsCommand = new ListResourceRecordSetsCommand(from);
        const page = await send(
          'ListResourceRecordSets',
          signal,
          async (options) => await client.send(command, options),
        );
        const { ResourceRecordSets: sets, IsTruncated: isTruncated, NextRecordName: next } = page;
        if (sets === undefined || isTruncated === undefined) throw malformedAnswer('ListResourceRecordSets');
        for (const set of sets) {
          if (set.Name === undefined) throw malformedAnswer('ListResourceRecordSets');
          // Sorted by name, and not limited to the one that was asked for.
          if (!isSameName(set.Name, name)) return found;
          found.push(set);
        }
        from =
          isTruncated && next !== undefined
            ? {
                HostedZoneId: zoneId,
                StartRecordName: next,
                StartRecordType: page.NextRecordType,
                StartRecordIdentifier: page.NextRecordIdentifier,
              }
            : null;
      }
      return found;
    },

    async change(zoneId, { changes, comment }, signal) {
      const batch = { Comment: comment, Changes: changes };
      const command = new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: batch });
      const answer = await send(
        'ChangeResourceRecordSets',
        signal,
        async (options) => await client.send(command, options),
      );
      const id = answer.ChangeInfo?.Id;
      if (id === undefined) throw malformedAnswer('ChangeResourceRecordSets');
      return withoutPrefix(id);
    },

    async isInSync(changeId, signal) {
      const command = new GetChangeCommand({ Id: changeId });
      const status = await send('GetChange', signal, async (options) => {
        try {
          return (await client.send(command, options)).ChangeInfo?.Status;
        } catch (error) {
          // Route 53 forgets changes, but not before they are in sync.
          if (isUnknownChange(error)) return 'INSYNC';
          throw error;
        }
      });
      if (status === undefined) throw malformedAnswer('GetChange');
      return status === 'INSYNC';
    },
  };
}

/** One request. The SDK's search for credentials ignores the signal, so the wait for it ends here. */
async function send<T>(
  action: string,
  signal: AbortSignal,
  start: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([start({ abortSignal: signal }), aborted]);
  } catch (error) {
    signal.throwIfAborted();
    throw toProviderError(action, error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function withoutPrefix(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
