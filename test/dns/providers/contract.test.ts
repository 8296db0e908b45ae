/** What every way to publish has to do, on each one's real peer. A new provider is one more entry of `peers`. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { dnsProviderNames } from '../../../src/contract/names/vocabulary.ts';
import type { DnsProviderName } from '../../../src/contract/names/vocabulary.ts';
import type { PublishingZone } from '../../../src/contract/schemas/dns.ts';
import { createDns } from '../../../src/dns/dns.ts';
import { createCloudflareProvider } from '../../../src/dns/providers/cloudflare/provider.ts';
import { createManualProvider } from '../../../src/dns/providers/manual/provider.ts';
import type { TxtRecordProvider, TxtTarget, WantedZone } from '../../../src/dns/publishing/provider.ts';
import { cloudflareAt, patient } from '../../cloudflare/clients.ts';
import { startAccount } from '../../cloudflare/simulated-account.ts';
import { requireInstalled } from '../servers/installed.ts';
import { startRoute53 } from '../servers/moto.ts';
import { requireMoto, startMoto } from '../servers/moto-process.ts';
import type { Moto } from '../servers/moto-process.ts';
import { edit, providerAt, recordsAt, startPrimary, zoneOf } from './rfc2136/zones.ts';
import { providerIn } from './route53/zones.ts';

const apex = 'example.com';
const accountId = '0123456789abcdef0123456789abcdef';
const runId = 'e7a1c1d2-6f1b-4c58-9e2d-7a41b8d06c35';

interface Peer {
  provider: TxtRecordProvider;
  zoneId: string | null;
  shown: PublishingZone;
  /** The TXT values at the apex as the peer has them. */
  values: () => Promise<string[]>;
  /** What a person does who was asked to; for the others nothing. */
  obey: (change: 'add' | 'remove', value: string) => Promise<void>;
}

const siblings = ['"v=spf1 -all"', '"two " "strings"', '""', String.raw`"a \"quote\" and a \\"`];
const nobody = async () => await Promise.resolve();
const shownOn = (...nameServers: string[]): PublishingZone => ({ apex, nameServers, source: 'configured' });

async function startBind() {
  const lines = siblings.map((sibling) => `@ 3600 TXT ${sibling}`);
  const named = await startPrimary(zoneOf(apex, lines));
  onTestFinished(async () => await named[Symbol.asyncDispose]());
  return named;
}

const peers: Record<DnsProviderName, () => Promise<Peer>> = {
  async cloudflare() {
    const simulator = await startAccount();
    const [zone] = simulator.account.zones.list();
    if (zone === undefined) throw new Error('The account has no zone');
    return {
      provider: createCloudflareProvider(cloudflareAt(simulator)),
      zoneId: zone.id,
      shown: shownOn(...zone.nameServers),
      values: async () => {
        const records = zone.records.filter(({ type, name }) => type === 'TXT' && name === apex);
        return await Promise.resolve(records.map(({ content, ttl }) => `${ttl} ${content}`).toSorted());
      },
      obey: nobody,
    };
  },

  async rfc2136() {
    const named = await startBind();
    return {
      provider: providerAt(named, named),
      zoneId: null,
      shown: shownOn(`ns.${apex}`),
      values: async () => await recordsAt(named, apex),
      obey: nobody,
    };
  },

  async route53() {
    const peer = await startRoute53({ moto });
    onTestFinished(async () => await peer[Symbol.asyncDispose]());
    const set = { Name: apex, Type: 'TXT', TTL: 3600, ResourceRecords: siblings.map((Value) => ({ Value })) } as const;
    const zoneId = await peer.createZone(apex, { sets: [set] });
    return {
      provider: providerIn(peer),
      zoneId,
      shown: shownOn('ns-2048.awsdns-64.com'),
      values: async () => {
        const sets = await peer.txtSets(zoneId);
        return sets.flatMap(({ TTL: ttl, ResourceRecords: records = [] }) =>
          records.map(({ Value: text }) => `${ttl} ${text}`),
        );
      },
      obey: nobody,
    };
  },

  async manual() {
    const named = await startBind();
    const { observeTxt } = createDns({
      nameServers: { kind: 'all', servers: [named] },
      resolvers: [named],
    });
    return {
      provider: createManualProvider({ observeTxt }),
      zoneId: null,
      shown: shownOn(`ns.${apex}`),
      values: async () => await recordsAt(named, apex),
      obey: async (change, value) => {
        await edit(named, apex, [`update ${change === 'add' ? 'add' : 'delete'} ${apex}. 3600 TXT "${value}"`]);
      },
    };
  },
};

/** One apex, and this run's value for it. */
async function start(name: DnsProviderName) {
  const peer = await peers[name]();
  const value = 'cloudflare_dashboard_sso=Zk3rW0q7XcVbN5mLp1sT9yHf';
  const target: TxtTarget = { zone: { apex, zoneId: peer.zoneId }, shown: peer.shown, name: apex, value, runId };
  const wanted: WantedZone = { accountId, emailDomain: apex, shown: peer.shown };
  return {
    ...peer,
    value,
    target,
    wanted,
    publish: async (mayHaveWritten = false) => {
      const published = await peer.provider.publish(target, { ...patient, mayHaveWritten });
      await peer.obey('add', value);
      return published;
    },
  };
}

const isInstalled = requireInstalled('named', 'nsupdate', 'dig', 'rndc') && requireMoto();

let moto: Moto;
beforeAll(async () => {
  if (isInstalled) moto = await startMoto();
});
afterAll(async () => await moto?.[Symbol.asyncDispose]());

describe.skipIf(!isInstalled).each(dnsProviderNames)('the provider %s', (name) => {
  test('finds its zone for the domain', async () => {
    const { provider, wanted, zoneId } = await start(name);
    expect(provider.name).toBe(name);
    expect(await provider.findZone(wanted, patient)).toEqual({ fit: true, zone: { apex, zoneId } });
  });

  test('knows no value that is not there', async () => {
    const { provider, target } = await start(name);
    expect(await provider.find(target, patient)).toBeNull();
  });

  test('publishes one value, finds it, and leaves the others and their TTL as they are', async () => {
    const { provider, target, value, values, publish } = await start(name);
    const before = await values();
    expect((await publish()).ours).toBe(true);
    expect(await provider.find(target, patient)).not.toBeNull();
    const after = await values();
    expect(after).toHaveLength(before.length + 1);
    expect(after.filter((written) => !written.includes(value)).toSorted()).toEqual(before.toSorted());
  });

  test('publishes nothing twice, and takes what a lost attempt of its run had published for its own', async () => {
    const { provider, target, values, publish } = await start(name);
    await publish();
    const once = await values();
    expect((await provider.publish(target, { ...patient, mayHaveWritten: true })).ours).toBe(true);
    expect(await values()).toEqual(once);
  });

  test('removes what it published and nothing else, and has nothing to remove after that', async () => {
    const { provider, target, value, values, publish, obey } = await start(name);
    const before = await values();
    const { recordId } = await publish();
    const published = { ...target, recordId };
    if (name === 'manual') {
      await expect(provider.remove(published, patient)).rejects.toMatchObject({ kind: 'unavailable' });
      await obey('remove', value);
    } else {
      expect(await provider.remove(published, patient)).toBe('removed');
    }
    expect(await values()).toEqual(before);
    expect(await provider.remove(published, patient)).toBe('absent');
    expect(await values()).toEqual(before);
  });

  test('removes it also when the publishing never reported back', async () => {
    const { provider, target, value, values, publish, obey } = await start(name);
    const before = await values();
    await publish();
    if (name === 'manual') await obey('remove', value);
    else await provider.remove({ ...target, recordId: null }, patient);
    expect(await values()).toEqual(before);
  });

  test('stops at an abort, with its reason', async () => {
    const { provider, target } = await start(name);
    const reason = new Error('the worker ends');
    const options = { ...patient, signal: AbortSignal.abort(reason) };
    await expect(provider.find(target, options)).rejects.toBe(reason);
    await expect(provider.remove({ ...target, recordId: null }, options)).rejects.toBe(reason);
  });
});

/** A person is never chosen by the name servers, but when nothing else is left. */
const choosable = dnsProviderNames.filter((name) => name !== 'manual');

describe.skipIf(!isInstalled).each(choosable)('the provider %s', (name) => {
  test('claims a zone of its own, and says why', async () => {
    const { provider, wanted, shown } = await start(name);
    expect(await provider.claim({ ...wanted, shown }, patient)).toContain(apex);
  });

  test('claims no zone of somebody else', async () => {
    const { provider, wanted } = await start(name);
    const shown = { apex: 'elsewhere.net', nameServers: ['ns1.elsewhere.net'], source: 'configured' } as const;
    const claim = { ...wanted, emailDomain: 'elsewhere.net', shown: { ...shown, nameServers: [...shown.nameServers] } };
    expect(await provider.claim(claim, patient)).toBeNull();
  });
});
