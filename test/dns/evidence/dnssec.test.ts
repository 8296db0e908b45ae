/** A signed zone behind a resolver that validates. */
import { describe, expect, test } from 'vitest';

import { createDns } from '../../../src/dns/dns.ts';
import { writeMasterFile } from '../master-file.ts';
import { requireInstalled } from '../servers/installed.ts';
import { startNsd } from '../servers/nsd.ts';
import { signZone } from '../servers/sign-zone.ts';
import { startUnbound } from '../servers/unbound.ts';
import { withoutSystemResolvers } from '../system-resolvers.ts';

const zoneApex = 'example.test';
const authorityAddress = '127.0.0.91';
const expectedValue = 'cloudflare_dashboard_sso=4c1d';
const currentValidity = { start: 'now-3600', end: 'now+864000' };
const expiredValidity = { start: 'now-2592000', end: 'now-1728000' };

withoutSystemResolvers();

async function observe(validity: typeof currentValidity, tamper: (text: string) => string = (text) => text) {
  const records = [`@ TXT "${expectedValue}"`];
  const plain = writeMasterFile({ apex: zoneApex, nameServers: [authorityAddress], records });
  const { text, trustAnchor } = await signZone(zoneApex, plain, validity);
  await using authority = await startNsd(authorityAddress, { [zoneApex]: tamper(text) });
  await using resolver = await startUnbound({
    address: '127.0.0.72',
    stubs: [{ zone: zoneApex, server: authority }],
    trustAnchors: [trustAnchor],
  });
  const dns = createDns({
    nameServers: { kind: 'none' },
    resolvers: [{ address: resolver.address, port: resolver.port }],
    authoritativePort: authority.port,
  });
  // Its only server has its name in the zone itself.
  const zone = { apex: zoneApex, nameServers: ['ns1.example.test'], source: 'discovered' as const };
  const { signal } = new AbortController();
  const evidence = await dns.observeTxt({ zone, name: zoneApex, value: expectedValue, signal });
  return { ...evidence, finding: describeFinding(`127.0.0.72:${resolver.port}`) };
}

function describeFinding(resolver: string): string {
  return (
    `the resolver ${resolver} answers SERVFAIL, except with DNSSEC validation turned off. DNSSEC validation of ` +
    `${zoneApex} fails, so Cloudflare's resolver will not see the value either; correct the signatures or the DS record`
  );
}

describe.skipIf(!requireInstalled('nsd', 'unbound', 'dnssec-keygen', 'dnssec-signzone'))('DNSSEC', () => {
  test('that validates is no finding', async () => {
    const { servers, resolvers, findings } = await observe(currentValidity);
    expect(servers).toMatchObject([{ verdict: 'has-value' }]);
    expect(resolvers).toMatchObject([{ verdict: 'has-value' }]);
    expect(findings).toEqual([]);
  });

  test.each<[string, typeof currentValidity, (text: string) => string]>([
    ['whose signatures have expired', expiredValidity, (text) => text],
    [
      'whose value is not what was signed',
      currentValidity,
      (text) => text.replace(expectedValue, `${expectedValue}" "`),
    ],
  ])('%s is a finding, although every name server has the value', async (_, validity, tamper) => {
    const { servers, resolvers, findings, finding } = await observe(validity, tamper);
    expect(servers).toMatchObject([{ verdict: 'has-value' }]);
    expect(resolvers).toMatchObject([{ verdict: 'unreachable', detail: 'SERVFAIL' }]);
    expect(findings).toEqual([finding]);
  });
});
