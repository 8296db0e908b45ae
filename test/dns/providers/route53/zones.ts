/** AWS accounts with hosted zones for tests of the provider `route53`. */
import { Route53Client } from '@aws-sdk/client-route-53';
import { onTestFinished } from 'vitest';

import { createRoute53Provider } from '../../../../src/dns/providers/route53/provider.ts';
import type { TxtRecordProvider } from '../../../../src/dns/publishing/provider.ts';
import { value } from '../calls.ts';
import { startRoute53 } from '../../servers/moto.ts';
import type { Moto } from '../../servers/moto-process.ts';
import type { Route53Options, Route53Peer } from '../../servers/moto.ts';

export const runId = 'e7a1c1d2-6f1b-4c58-9e2d-7a41b8d06c35';

/** A Route 53 that ends with the test; without DNS unless asked for. */
export async function startPeer(moto: Moto, options: Partial<Route53Options> = {}): Promise<Route53Peer> {
  const peer = await startRoute53({ moto, named: null, ...options });
  onTestFinished(async () => await peer[Symbol.asyncDispose]());
  return peer;
}

/** A provider in the peer, with other credentials if given. */
export function providerIn({ endpoint, environment }: Route53Peer, accessKeyId?: string): TxtRecordProvider {
  const credentials = {
    accessKeyId: accessKeyId ?? environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: 'the-session-token',
  };
  return createRoute53Provider(new Route53Client({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials }));
}

/** The zone `example.test`, with one TXT set of these values as they are written, and a provider for it. */
export async function startZone(moto: Moto, values: readonly string[], options: Partial<Route53Options> = {}) {
  const peer = await startPeer(moto, options);
  const zoneId = await peer.createZone('example.test');
  const write = async (written: readonly string[], ttl = 3600) =>
    await peer.put(zoneId, {
      Name: 'example.test',
      Type: 'TXT',
      TTL: ttl,
      ResourceRecords: written.map((text) => ({ Value: text })),
    });
  if (values.length > 0) await write(values);
  const target = { zone: { apex: 'example.test', zoneId }, shown: null, name: 'example.test', value, runId };
  return {
    peer,
    zoneId,
    provider: providerIn(peer),
    target,
    published: { ...target, recordId: null },
    write,
    /** TTL and values at the name as they are written; `null`: none. */
    written: async () => {
      const [set, ...others] = await peer.txtSets(zoneId);
      if (others.length > 0) throw new Error('More than one set');
      return set === undefined ? null : { ttl: set.TTL, values: set.ResourceRecords?.map(({ Value: text }) => text) };
    },
    changes: () => peer.calls.filter((action) => action === 'ChangeResourceRecordSets').length,
  };
}
