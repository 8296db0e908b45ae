import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PublishingZone } from '../../../../src/contract/schemas/dns.ts';
import { patient, providerErrorOf } from '../calls.ts';
import { providerIn, startPeer } from './zones.ts';
import { requireMoto, startMoto } from '../../servers/moto-process.ts';
import type { Moto } from '../../servers/moto-process.ts';

const hasMoto = requireMoto();
let moto: Moto;
beforeAll(async () => {
  if (hasMoto) moto = await startMoto();
});
afterAll(async () => await moto?.[Symbol.asyncDispose]());

const servers = ['ns-1.awsdns-11.com', 'ns-2.awsdns-12.net', 'ns-3.awsdns-13.org', 'ns-4.awsdns-14.co.uk'];
const otherServers = ['ns-5.awsdns-15.com', 'ns-6.awsdns-16.co.uk'];
const elsewhere = ['amy.ns.cloudflare.com', 'bob.ns.cloudflare.com'];

const shown = (nameServers: string[], source: PublishingZone['source'] = 'discovered'): PublishingZone => ({
  apex: 'example.test',
  nameServers,
  source,
});
const wanted = <Shown extends PublishingZone | null>(zone: Shown, emailDomain = 'example.test') => ({
  accountId: '0'.repeat(32),
  emailDomain,
  shown: zone,
});

describe.skipIf(!hasMoto)('the hosted zone', () => {
  test('is the public one of the name, on the servers that the domain is delegated to', async () => {
    const peer = await startPeer(moto);
    const zoneId = await peer.createZone('example.test', { nameServers: servers });
    const zone = { apex: 'example.test', zoneId };
    const provider = providerIn(peer);
    expect(await provider.findZone(wanted(shown(servers)), patient)).toEqual({ fit: true, zone });
    const written = shown(['NS-2.AwsDNS-12.net.', 'ns9.elsewhere.test']);
    expect(await provider.findZone(wanted(written), patient)).toEqual({ fit: true, zone });
  });

  test('private ones and those of other names do not count, on however many pages', async () => {
    const peer = await startPeer(moto, { pageSize: 1 });
    await peer.createZone('example.test', { isPrivate: true });
    await peer.createZone('example.test', { isPrivate: true });
    await peer.createZone('a.example.test', { nameServers: servers });
    await peer.createZone('example.tes', { nameServers: servers });
    const provider = providerIn(peer);
    const none = await provider.findZone(wanted(shown(servers)), patient);
    expect(none).toMatchObject({ fit: false, problems: [{ subject: 'zone example.test' }] });
    expect(JSON.stringify(none)).toMatch(/no public hosted zone for it, only private ones/u);
    const zoneId = await peer.createZone('example.test', { nameServers: servers });
    expect(await provider.findZone(wanted(shown(servers)), patient)).toMatchObject({ fit: true, zone: { zoneId } });
  });

  test('on other servers is not what the world sees: the problem names both', async () => {
    const peer = await startPeer(moto);
    const zoneId = await peer.createZone('example.test', { nameServers: servers });
    const finding = await providerIn(peer).findZone(wanted(shown(elsewhere)), patient);
    expect(finding).toMatchObject({ fit: false });
    const text = JSON.stringify(finding);
    expect(text).toContain(`${zoneId} (on ${servers.join(', ')}`);
    expect(text).toContain(`the domain is delegated to ${elsewhere.join(', ')}`);
  });

  test('is taken without asking for its servers where the domain’s servers are configured', async () => {
    const peer = await startPeer(moto);
    const zoneId = await peer.createZone('example.test', { nameServers: servers });
    const finding = await providerIn(peer).findZone(wanted(shown(['127.0.0.1:53'], 'configured')), patient);
    expect(finding).toMatchObject({ fit: true, zone: { zoneId } });
    // The zone's servers are not asked for; whether it may be changed is.
    expect(peer.calls).toEqual(['ListHostedZonesByName', 'ChangeResourceRecordSets', 'GetChange']);
  });

  test('is, of two public ones, the one that the domain is delegated to', async () => {
    const peer = await startPeer(moto, { pageSize: 1 });
    const zoneId = await peer.createZone('example.test', { nameServers: servers });
    const otherId = await peer.createZone('example.test', { nameServers: otherServers });
    const provider = providerIn(peer);
    for (const source of ['discovered', 'configured'] as const) {
      expect(await provider.findZone(wanted(shown(servers, source)), patient)).toMatchObject({ zone: { zoneId } });
      expect(await provider.findZone(wanted(shown(otherServers, source)), patient)).toMatchObject({
        zone: { zoneId: otherId },
      });
    }
  });

  test.each([
    ['neither is', elsewhere, servers, otherServers],
    ['both are', servers, servers, [...servers]],
  ])('is unknown, of two public ones, where %s on those servers: the problem names them', async (_, ns, one, two) => {
    const peer = await startPeer(moto);
    const ids = [
      await peer.createZone('example.test', { nameServers: one }),
      await peer.createZone('example.test', { nameServers: two }),
    ];
    const text = JSON.stringify(await providerIn(peer).findZone(wanted(shown(ns)), patient));
    expect(text).toContain('"fit":false');
    for (const id of ids) expect(text).toContain(id);
  });

  test('without DNS is that of the domain or its closest ancestor', async () => {
    const peer = await startPeer(moto);
    const parentId = await peer.createZone('example.test', { nameServers: servers });
    const provider = providerIn(peer);
    const find = async () => await provider.findZone(wanted(null, 'team.mail.example.test'), patient);
    expect(await find()).toEqual({ fit: true, zone: { apex: 'example.test', zoneId: parentId } });
    const zoneId = await peer.createZone('mail.example.test', { nameServers: servers });
    expect(await find()).toEqual({ fit: true, zone: { apex: 'mail.example.test', zoneId } });
    const twinId = await peer.createZone('mail.example.test', { nameServers: otherServers });
    const text = JSON.stringify(await find());
    expect(text).toContain('"fit":false');
    expect(text).toContain(zoneId);
    expect(text).toContain(twinId);
  });

  test('cannot be searched for with credentials that AWS does not know: a problem, with what to allow', async () => {
    const peer = await startPeer(moto);
    const provider = providerIn(peer, 'AKIAOFSOMEBODYELSE00');
    const finding = await provider.findZone(wanted(shown(servers)), patient);
    expect(finding).toMatchObject({ fit: false, problems: [{ subject: 'zone example.test' }] });
    expect(JSON.stringify(finding)).toMatch(/InvalidClientTokenId.*route53:ListHostedZonesByName/u);
  });

  test('cannot be searched for while Route 53 throttles: that is no finding', async () => {
    const peer = await startPeer(moto);
    peer.fail('ListHostedZonesByName', { status: 400, code: 'Throttling' });
    const call = providerIn(peer).findZone(wanted(shown(servers)), patient);
    expect(await providerErrorOf(call)).toMatchObject({ kind: 'busy' });
  });

  test.each(['ChangeResourceRecordSets', 'GetChange'] as const)(
    'is not fit with credentials that may not %s, which is found out before anything is written',
    async (action) => {
      const peer = await startPeer(moto);
      await peer.createZone('example.test', { nameServers: servers });
      peer.fail(action, { status: 403, code: 'AccessDenied', message: `not authorized to perform route53:${action}` });
      const finding = await providerIn(peer).findZone(wanted(shown(servers)), patient);
      expect(finding).toMatchObject({ fit: false });
      expect(JSON.stringify(finding)).toContain(action);
    },
  );
});

describe.skipIf(!hasMoto)('claims a domain', () => {
  test('whose servers are those of a hosted zone of the account, and says so', async () => {
    const peer = await startPeer(moto);
    const zoneId = await peer.createZone('example.test', { nameServers: servers });
    expect(await providerIn(peer).claim(wanted(shown(servers)), patient)).toBe(
      `example.test is on Route 53's name servers, and the AWS account has its hosted zone ${zoneId}`,
    );
  });

  test.each([
    ['elsewhere', elsewhere],
    ['whose names only resemble them', ['ns-1.awsdns-11.com.evil.test', 'awsdns-11.com', 'ns-1.awsdns-x.com']],
  ])('not when its servers are %s, and asks nobody', async (_, nameServers) => {
    const peer = await startPeer(moto);
    await peer.createZone('example.test', { nameServers });
    expect(await providerIn(peer).claim(wanted(shown(nameServers)), patient)).toBeNull();
    expect(peer.calls).toEqual([]);
  });

  test('not in silence when it is in another AWS account, or the credentials are not accepted', async () => {
    const peer = await startPeer(moto);
    const elsewhereError = await providerErrorOf(providerIn(peer).claim(wanted(shown(servers)), patient));
    expect(elsewhereError).toMatchObject({ kind: 'refused' });
    expect(elsewhereError.message).toContain('has no public hosted zone for it');
    const otherProvider = providerIn(peer, 'AKIAOFSOMEBODYELSE00');
    expect(await providerErrorOf(otherProvider.claim(wanted(shown(servers)), patient))).toMatchObject({
      kind: 'unauthorised',
    });
  });
});
