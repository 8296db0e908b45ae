/** An AWS account that moto keeps, as its owner sees it: without faults, and with whatever moto lets him do. */
import { randomInt, randomUUID } from 'node:crypto';

import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';

import type { Moto } from './moto-process.ts';
import { parseSets } from './route53-batch.ts';
import type { WrittenSet } from './route53-batch.ts';

export interface Account {
  /** A request as somebody else wrote it. `path` begins with `/` and has the query. Answers moto's XML. */
  ask: (method: string, path: string, body?: string) => Promise<string>;
  /** The zones, each as moto's `<HostedZone>` element. */
  listZones: () => Promise<{ id: string; name: string; xml: string }[]>;
  /** Answers the id. */
  createZone: (apex: string, isPrivate: boolean) => Promise<string>;
  put: (zoneId: string, set: ResourceRecordSet) => Promise<void>;
  listSets: (zoneId: string) => Promise<ResourceRecordSet[]>;
  writtenSets: (zoneId: string) => Promise<WrittenSet[]>;
  close: () => void;
}

/** Opens a new account: moto keeps them apart. */
export function openAccount(moto: Moto): Account {
  const header = { 'x-moto-account-id': `${randomInt(100_000_000_000, 1_000_000_000_000)}` };
  const credentials = { accessKeyId: 'anything', secretAccessKey: 'anything' };
  const client = new Route53Client({ endpoint: moto.endpoint, region: 'us-east-1', credentials });
  client.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args;
      if (typeof request !== 'object' || request === null || !('headers' in request)) throw new TypeError('No request');
      request.headers = { ...(typeof request.headers === 'object' ? request.headers : null), ...header };
      return await next(args);
    },
    { step: 'build', name: 'account' },
  );

  async function ask(method: string, path: string, body?: string): Promise<string> {
    const authorization = 'AWS4-HMAC-SHA256 Credential=anything/20260101/us-east-1/route53/aws4_request';
    const headers = { ...header, authorization };
    const answer = await fetch(`${moto.endpoint}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const xml = await answer.text();
    if (!answer.ok) throw new Error(`moto answers ${answer.status}: ${xml}`);
    return xml;
  }

  return {
    ask,
    async listZones() {
      const zones = (await ask('GET', '/2013-04-01/hostedzone')).matchAll(/<HostedZone>.*?<\/HostedZone>/gsu);
      return Array.from(zones, ([xml]) => ({
        id: /<Id>\/hostedzone\/(.*?)<\/Id>/u.exec(xml)?.[1] ?? '',
        name: /<Name>(.*?)<\/Name>/u.exec(xml)?.[1] ?? '',
        xml,
      }));
    },
    async createZone(apex, isPrivate) {
      const { HostedZone: zone } = await client.send(
        new CreateHostedZoneCommand({
          Name: apex,
          CallerReference: randomUUID(),
          HostedZoneConfig: { PrivateZone: isPrivate },
        }),
      );
      return zone?.Id?.replace('/hostedzone/', '') ?? '';
    },
    async put(zoneId, set) {
      const batch = { Changes: [{ Action: 'UPSERT' as const, ResourceRecordSet: set }] };
      await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: batch }));
    },
    async listSets(zoneId) {
      const { ResourceRecordSets: sets } = await client.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
      );
      return sets ?? [];
    },
    writtenSets: async (zoneId) => parseSets(await ask('GET', `/2013-04-01/hostedzone/${zoneId}/rrset`)),
    close: () => client.destroy(),
  };
}
