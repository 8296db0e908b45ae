/** The real peer of each DNS provider, its apex full of other people's values, for whole runs against it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';

import type { WorkflowHandle } from '@temporalio/client';

import type { Simulator, SimulatorOptions } from '../../../simulator/simulator.ts';
import type { DnsProviderName } from '../../../src/contract/names/vocabulary.ts';
import { startMoto } from '../../dns/servers/moto-process.ts';
import type { Moto } from '../../dns/servers/moto-process.ts';
import { startRoute53 } from '../../dns/servers/moto.ts';
import { dig, startNamed } from '../../dns/servers/named.ts';
import type { Named } from '../../dns/servers/named.ts';
import { testToken } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';

export interface Peer extends AsyncDisposable {
  /** The real server behind it. */
  name: string;
  /** What the simulator needs, so that Cloudflare queries this DNS. */
  simulator: SimulatorOptions;
  /** What the account needs beside what it has. */
  arrange: (simulator: Simulator) => void;
  /** What a worker needs beside the world's own environment. */
  environment: Record<string, string>;
  /** Whether a worker has to be a process of its own, because the provider reads the environment of its process. */
  needsProcess: boolean;
  /** The same with a key or credentials that may not publish, and what is said of them; `null`: it asks for none. */
  wrongKey: { environment: Record<string, string>; says: string } | null;
  /** Every TXT record at the apex as the peer has it, TTL included, sorted. */
  values: (world: World) => Promise<string[]>;
  /** Takes it down until the returned function is called; `null`: nothing is published there. */
  takeDown: ((world: World) => Promise<() => Promise<void>>) | null;
  /** Does what the status asks of a person, until the run has closed. */
  obey: (world: World, handle: WorkflowHandle) => Promise<void>;
}

const tokenWithoutZones = 'a-token-that-may-not-see-any-zone';
const ttl = 3600;
/** SPF, verifications, one in two strings, one empty, and bytes that are no text: past 512 bytes together. */
const siblings = [
  '"v=spf1 include:_spf.example.net -all"',
  '"a value in " "two strings"',
  '""',
  String.raw`"\000\255 \"quoted\" \\ and more"`,
  ...Array.from({ length: 20 }, (_, index) => `"site-verification-${index}=${'x'.repeat(40)}"`),
];

function masterFile(): string {
  const values = siblings.map((value) => `@ ${ttl} IN TXT ${value}`);
  return [
    '$TTL 300',
    '@ IN SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 60',
    '@ IN NS ns1.example.com.',
    'ns1 IN A 127.0.0.1',
    '@ IN MX 10 mail.example.com.',
    'mail IN A 192.0.2.25',
    ...values,
    '',
  ].join('\n');
}

/** The worker asks this server about DNS, and so does the verifier. */
function servedBy(named: Named): Pick<Peer, 'simulator'> & { asked: Record<string, string> } {
  const at = `${named.address}:${named.port}`;
  return {
    simulator: { verifierNameServers: [{ address: named.address, port: named.port }] },
    asked: { DNS_NAMESERVERS: at, DNS_RESOLVERS: at },
  };
}

async function valuesAt(named: Named): Promise<string[]> {
  const shown = await dig(named, 'example.com', 'TXT', '+noall', '+answer', '+norecurse', '+tcp');
  return shown.split('\n').filter(Boolean).toSorted();
}

const nobody = async (): Promise<void> => await Promise.resolve();
const nothing = (): void => undefined;

async function startCloudflare(): Promise<Peer> {
  return await Promise.resolve({
    name: 'the simulator',
    simulator: {},
    arrange: ({ account }) => {
      const permissions = ['sso:write' as const, 'access:read' as const];
      const tokens = [{ value: testToken }, { value: tokenWithoutZones, permissions }];
      account.patch({
        tokens: tokens.map((token) => ({ kind: 'user' as const, status: 'active' as const, ...token })),
      });
    },
    environment: { DNS_PROVIDER: 'cloudflare' },
    needsProcess: false,
    // Good for the connector, but not for any zone.
    wrongKey: { environment: { CLOUDFLARE_API_TOKEN: tokenWithoutZones }, says: 'Zone: Read' },
    values: async ({ simulator }) => {
      const records = simulator.account.zones.list().flatMap((zone) => [...zone.records]);
      const values = records.filter(({ type, name }) => type === 'TXT' && name === 'example.com');
      return await Promise.resolve(values.map((record) => JSON.stringify(record)).toSorted());
    },
    takeDown: async ({ simulator: { faults } }) => {
      for (const path of ['/zones/*/dns_records', '/zones/*/dns_records/*'])
        faults.add({ path, when: 'before', times: 'forever', fault: 'reset' });
      return await Promise.resolve(async () => await Promise.resolve(faults.removeAll()));
    },
    obey: nobody,
    [Symbol.asyncDispose]: nobody,
  });
}

async function startRfc2136(): Promise<Peer> {
  const named = await startNamed({ zones: [{ apex: 'example.com', text: masterFile(), update: 'key' }] });
  const { asked, simulator } = servedBy(named);
  const other = await startNamed({ zones: [] });
  const environment = {
    ...asked,
    DNS_PROVIDER: 'rfc2136',
    RFC2136_SERVER: `${named.address}:${named.port}`,
    RFC2136_TSIG_KEY_FILE: named.keyFile,
  };
  return {
    name: 'BIND 9',
    simulator,
    arrange: nothing,
    environment,
    needsProcess: false,
    // The same name, another secret.
    wrongKey: { environment: { ...environment, RFC2136_TSIG_KEY_FILE: other.keyFile }, says: 'BADSIG' },
    values: async () => await valuesAt(named),
    takeDown: async () => {
      await named.stop();
      return async () => await named.start();
    },
    obey: nobody,
    async [Symbol.asyncDispose]() {
      await Promise.all([named[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    },
  };
}

/** One for a test file, because it takes seconds to start; each peer has an account of its own in it. */
let moto: Promise<Moto> | null = null;

export async function stopMoto(): Promise<void> {
  await (await moto)?.[Symbol.asyncDispose]();
  moto = null;
}

async function startRoute53Peer(): Promise<Peer> {
  moto ??= startMoto();
  const route53 = await startRoute53({ pendingQueries: 2, moto: await moto });
  await route53.createZone('example.com', {
    sets: [
      {
        Name: 'example.com.',
        Type: 'TXT',
        TTL: ttl,
        ResourceRecords: siblings.map((Value) => ({ Value: toRoute53(Value) })),
      },
    ],
  });
  const { asked, simulator } = servedBy(route53.named);
  const environment = { ...asked, ...route53.environment, DNS_PROVIDER: 'route53' };
  return {
    name: 'moto, served by BIND 9',
    simulator,
    arrange: nothing,
    environment,
    needsProcess: true,
    wrongKey: {
      environment: { ...environment, AWS_ACCESS_KEY_ID: 'AKIANOBODYKNOWSTHIS0' },
      says: 'InvalidClientTokenId',
    },
    values: async () => await valuesAt(route53.named),
    takeDown: async () => {
      const bringUp = route53.takeDown();
      return await Promise.resolve(async () => await Promise.resolve(bringUp()));
    },
    obey: nobody,
    [Symbol.asyncDispose]: async () => await route53[Symbol.asyncDispose](),
  };
}

/** Route 53 writes bytes in octal, zone files in decimal. */
function toRoute53(value: string): string {
  return value.replaceAll(/\\(\d{3})/gu, (_, decimal: string) => `\\${Number(decimal).toString(8).padStart(3, '0')}`);
}

async function startManual(): Promise<Peer> {
  const named = await startNamed({ zones: [{ apex: 'example.com', text: masterFile(), update: 'key' }] });
  const { asked, simulator } = servedBy(named);
  return {
    name: 'a person, at BIND 9',
    simulator,
    arrange: nothing,
    environment: { ...asked, DNS_PROVIDER: 'manual' },
    needsProcess: false,
    wrongKey: null,
    values: async () => await valuesAt(named),
    takeDown: null,
    // What there is to paste is the line of a zone file, and that is what this person pastes.
    async obey(world, handle) {
      const { reason } = await world.waitForStatus(handle, (status) => /by hand/u.test(status.reason));
      const line = /in a zone file: (.*?)\)/u.exec(reason)?.[1] ?? '';
      const [name = '', ttlText = '', , , ...value] = line.split(' ');
      const change = reason.includes('remove by hand')
        ? `update delete ${name} TXT ${value.join(' ')}`
        : `update add ${name} ${ttlText} TXT ${value.join(' ')}`;
      await update(named, change);
    },
    [Symbol.asyncDispose]: async () => await named[Symbol.asyncDispose](),
  };
}

async function update({ address, port, keyFile }: Named, change: string): Promise<void> {
  const child = execFile('nsupdate', ['-v', '-k', keyFile]);
  child.stdin?.end(`server ${address} ${port}\nzone example.com.\n${change}\nsend\n`);
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`nsupdate ended with ${child.exitCode}`);
}

export const startPeer: Record<DnsProviderName, () => Promise<Peer>> = {
  cloudflare: startCloudflare,
  rfc2136: startRfc2136,
  route53: startRoute53Peer,
  manual: startManual,
};
