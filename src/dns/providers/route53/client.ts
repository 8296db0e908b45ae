/** The part of Route 53's API that publishing needs. https://docs.aws.amazon.com/Route53/latest/APIReference/ */
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type {
  $Command,
  Change,
  ListHostedZonesByNameRequest,
  ListHostedZonesByNameResponse,
  ListResourceRecordSetsRequest,
  ListResourceRecordSetsResponse,
  ResourceRecordSet,
  Route53ClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-route-53';

import { isSameName, toCanonicalName } from '../../../domains/dns-name.ts';
import { rejectOnAbort } from '../../wire/deadline.ts';
import { isUnknownChange, malformedAnswer, toProviderError } from './error.ts';

export interface HostedZone {
  /** Without `/hostedzone/`. */
  id: string;
  isPrivate: boolean;
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

export type Route53 = ReturnType<typeof createRoute53>;

/** Every method rejects with a `ProviderError`, or with the reason of an aborted signal. */
export function createRoute53(client: Route53Client) {
  async function send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    action: string,
    command: $Command<Input, Output, Route53ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
    signal: AbortSignal,
  ): Promise<Output> {
    return await withinSignal(action, signal, async () => await client.send(command, { abortSignal: signal }));
  }

  return {
    /** The account's hosted zones of exactly this name. */
    async listZonesNamed(name: string, signal: AbortSignal): Promise<HostedZone[]> {
      const found: HostedZone[] = [];
      let from: ListHostedZonesByNameRequest | null = { DNSName: `${toCanonicalName(name)}.` };
      while (from !== null) {
        const action = 'ListHostedZonesByName';
        const page: ListHostedZonesByNameResponse = await send(action, new ListHostedZonesByNameCommand(from), signal);
        const { HostedZones: zones, IsTruncated: isTruncated, NextDNSName: next } = page;
        if (zones === undefined || isTruncated === undefined) throw malformedAnswer(action);
        for (const { Id: id, Name: zoneName, Config: config } of zones) {
          if (id === undefined || zoneName === undefined) throw malformedAnswer(action);
          // Sorted by name, and not limited to the one that was asked for.
          if (!isSameName(zoneName, name)) return found;
          found.push({ id: withoutPrefix(id), isPrivate: config?.PrivateZone === true });
        }
        from = isTruncated && next !== undefined ? { DNSName: next, HostedZoneId: page.NextHostedZoneId } : null;
      }
      return found;
    },

    /** The servers that Route 53 gave a public hosted zone. */
    async getNameServers(zoneId: string, signal: AbortSignal): Promise<string[]> {
      const zone = await send('GetHostedZone', new GetHostedZoneCommand({ Id: zoneId }), signal);
      const servers = zone.DelegationSet?.NameServers;
      if (servers === undefined) throw malformedAnswer('GetHostedZone');
      return servers.map(toCanonicalName);
    },

    /** The record sets of every type at exactly this name, including changes that are not in sync yet. */
    async listSetsAt(zoneId: string, name: string, signal: AbortSignal): Promise<ResourceRecordSet[]> {
      const found: ResourceRecordSet[] = [];
      const zone = { HostedZoneId: zoneId };
      let from: ListResourceRecordSetsRequest | null = { ...zone, StartRecordName: name };
      while (from !== null) {
        const action = 'ListResourceRecordSets';
        const page: ListResourceRecordSetsResponse = await send(
          action,
          new ListResourceRecordSetsCommand(from),
          signal,
        );
        const { ResourceRecordSets: sets, IsTruncated: isTruncated, NextRecordName: next } = page;
        if (sets === undefined || isTruncated === undefined) throw malformedAnswer(action);
        for (const set of sets) {
          if (set.Name === undefined) throw malformedAnswer(action);
          // Sorted by name, and not limited to the one that was asked for.
          if (!isSameName(set.Name, name)) return found;
          found.push(set);
        }
        const { NextRecordType: type, NextRecordIdentifier: identifier } = page;
        const rest = { StartRecordName: next, StartRecordType: type, StartRecordIdentifier: identifier };
        from = isTruncated && next !== undefined ? { ...zone, ...rest } : null;
      }
      return found;
    },

    /** Makes all of the changes or none. Returns the change's id, without `/change/`. */
    async change(zoneId: string, changes: Change[], comment: string, signal: AbortSignal): Promise<string> {
      const request = { HostedZoneId: zoneId, ChangeBatch: { Comment: comment, Changes: changes } };
      const action = 'ChangeResourceRecordSets';
      const { ChangeInfo: info } = await send(action, new ChangeResourceRecordSetsCommand(request), signal);
      if (info?.Id === undefined) throw malformedAnswer(action);
      return withoutPrefix(info.Id);
    },

    /** Whether a change has reached all of Route 53's servers. */
    async isInSync(changeId: string, signal: AbortSignal): Promise<boolean> {
      const command = new GetChangeCommand({ Id: changeId });
      const status = await withinSignal('GetChange', signal, async () => {
        try {
          return (await client.send(command, { abortSignal: signal })).ChangeInfo?.Status;
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
async function withinSignal<T>(action: string, signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await Promise.race([start(), rejectOnAbort(signal)]);
  } catch (error) {
    signal.throwIfAborted();
    throw toProviderError(action, error);
  }
}

function withoutPrefix(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
