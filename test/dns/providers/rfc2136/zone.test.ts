import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { PublishingZone } from '../../../../src/contract/schemas/dns.ts';
import type { UpdateAuthentication } from '../../../../src/dns/providers/rfc2136/nsupdate.ts';
import { ProviderError } from '../../../../src/dns/publishing/provider-error.ts';
import { createRfc2136Provider } from '../../../../src/dns/providers/rfc2136/provider.ts';
import { patient, providerErrorOf } from '../calls.ts';
import {
  neverAsked,
  providerAt,
  serialOf,
  shownZone,
  startPrimary,
  targetAt,
  wantedAt,
  writeKey,
  zoneOf,
} from './zones.ts';
import { requireInstalled } from '../../servers/installed.ts';
import type { Named } from '../../servers/named.ts';

const txtOnly = 'update-policy { grant test-key name txt.test. TXT; };';
const addressesOnly = 'update-policy { grant test-key name addresses.test. A; };';
const zones = [
  zoneOf('open.test', ['@ TXT "v=spf1 -all"', 'www A 192.0.2.1', 'alias CNAME www', 'far NS ns.elsewhere.test.']),
  zoneOf('closed.test', [], { update: 'none' }),
  zoneOf('txt.test', [], { update: 'none', extra: txtOnly }),
  zoneOf('addresses.test', [], { update: 'none', extra: addressesOnly }),
];

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const unfit = (subject: string, problem: RegExp, remedy: RegExp): unknown => ({
  fit: false,
  problems: [{ subject, problem: matching(problem), remedy: matching(remedy) }],
});
const asked = (apex: string) => ({ ...wantedAt(apex, null), shown: shownZone(apex) });

describe.skipIf(!requireInstalled('named', 'nsupdate', 'dig'))('the zone at its primary', () => {
  let named: Named;
  beforeAll(async () => {
    named = await startPrimary(...zones);
  });
  afterAll(async () => {
    await named[Symbol.asyncDispose]();
  });

  async function findZone(
    emailDomain: string,
    shown: PublishingZone | null,
    key: UpdateAuthentication | Named = named,
  ) {
    return await providerAt(named, key).findZone(wantedAt(emailDomain, shown), patient);
  }

  test.each([
    ['open.test', shownZone('open.test')],
    ['www.open.test', shownZone('open.test', 'NS.open.test.', 'ns.hoster.example')],
    ['open.test', { ...shownZone('open.test', '192.0.2.1:53'), source: 'configured' as const }],
    ['open.test', null],
    ['nothing.www.open.test', null],
  ])('is fit where %s is served and the key may change it (shown: %j)', async (emailDomain, shown) => {
    const found = await findZone(emailDomain, shown);
    expect(found).toStrictEqual({ fit: true, zone: { apex: 'open.test', zoneId: null } });
  });

  test('is found without a change to it', async () => {
    await findZone('open.test', null);
    expect(await serialOf(named, 'open.test')).toBe('1');
  });

  test('is fit where the policy lets the key change TXT at the domain and nothing else', async () => {
    expect(await findZone('txt.test', null)).toMatchObject({ fit: true });
    const provider = providerAt(named, named);
    expect(await provider.publish(targetAt('txt.test'), patient)).toMatchObject({ ours: true });
    expect(await provider.remove(targetAt('txt.test'), patient)).toBe('removed');
  });

  test.each([
    ['closed.test', null],
    ['addresses.test', null],
    ['sub.txt.test', shownZone('txt.test')],
  ])('is unfit where the key may not change TXT at %s', async (emailDomain, shown) => {
    const subject = shown === null ? `zone of ${emailDomain}` : 'zone txt.test';
    const problem = new RegExp(`does not let this key change TXT records at ${emailDomain} \\(REFUSED\\)`, 'u');
    expect(await findZone(emailDomain, shown)).toStrictEqual(unfit(subject, problem, /allow-update or update-policy/u));
  });

  test.each([
    ['other', { name: 'other-key' }, /does not know the key .*\(BADKEY\)/u],
    ['differently hashed', { algorithm: 'hmac-sha512' }, /does not know the key .*\(BADKEY\)/u],
    ['wrong', { secret: Buffer.alloc(32, 7).toString('base64') }, /with another secret \(BADSIG\)/u],
  ])('is unfit with the %s key', async (_, key, problem) => {
    const keyFile = await writeKey(named, key);
    const finding = await findZone('open.test', shownZone('open.test'), { kind: 'tsig', keyFile });
    expect(finding).toStrictEqual(
      unfit('zone open.test', problem, /same key at the worker and the primary: name, algorithm and secret/u),
    );
  });

  test.each([
    ['a CNAME is at the domain', 'alias.open.test', shownZone('open.test'), /has a CNAME at alias\.open\.test/u],
    ['the domain is delegated', 'far.open.test', null, /only refers to the servers of far\.open\.test/u],
    ['it has another zone', 'www.open.test', shownZone('www.open.test'), /the name is in its zone open\.test/u],
    ['it has no such zone', 'other.test', shownZone('other.test'), /does not serve other\.test: REFUSED/u],
    [
      'the world sees another zone of this name',
      'open.test',
      shownZone('open.test', 'ns.hoster.example'),
      /has a zone open\.test on ns\.open\.test, but the domain is delegated to ns\.hoster\.example/u,
    ],
  ])('is unfit where %s', async (_, emailDomain, shown, problem) => {
    const finding = await findZone(emailDomain, shown);
    expect(finding).toStrictEqual(unfit(`zone ${shown?.apex ?? `of ${emailDomain}`}`, problem, /./u));
  });

  test('cannot be judged while the primary is down, and can again afterwards', async () => {
    await using other = await startPrimary(zoneOf('down.test'));
    const provider = providerAt(other, other);
    await other.stop();
    const error = await providerErrorOf(provider.findZone(wantedAt('down.test', null), patient));
    expect(error).toMatchObject({ kind: 'unavailable', message: matching(/gave no answer about down\.test/u) });
    await expect(provider.publish(targetAt('down.test'), patient)).rejects.toMatchObject({ kind: 'unavailable' });
    await other.start();
    expect(await provider.findZone(wantedAt('down.test', null), patient)).toMatchObject({ fit: true });
  });

  describe('claimed', () => {
    test('where the primary serves it and accepts the key, with both in the reason', async () => {
      const why = await providerAt(named, named).claim(asked('open.test'), patient);
      expect(why).toBe(`the primary 127.0.0.1:${named.port} serves open.test and accepts the worker's key`);
    });

    test('by the SOA where no server is configured', async () => {
      const requests: unknown[] = [];
      const provider = createRfc2136Provider(
        { server: null, authentication: { kind: 'tsig', keyFile: named.keyFile } },
        async ({ zone, emailDomain }) => {
          requests.push([zone, emailDomain]);
          return await Promise.resolve(named);
        },
      );
      expect(await provider.claim(asked('open.test'), patient)).toContain('serves open.test');
      expect(requests).toStrictEqual([[shownZone('open.test'), 'open.test']]);
    });

    test('not where the configured server has no such zone', async () => {
      expect(await providerAt(named, named).claim(asked('other.test'), patient)).toBeNull();
    });

    test('not in silence where the configured server has the zone and refuses the key', async () => {
      const claim = providerAt(named, named).claim(asked('closed.test'), patient);
      expect(await providerErrorOf(claim)).toMatchObject({ kind: 'unauthorised' });
    });

    test('not in silence by a primary from the SOA that cannot be asked', async () => {
      const unreachable = new ProviderError('unavailable', 'no answer', 'wait');
      const provider = createRfc2136Provider(
        { server: null, authentication: { kind: 'gss-tsig' } },
        async () => await Promise.reject(unreachable),
      );
      expect(await providerErrorOf(provider.claim(asked('open.test'), patient))).toBe(unreachable);
    });
  });
});

describe('a worker without what it needs', () => {
  test('names the variables where it is not configured at all', async () => {
    const provider = createRfc2136Provider(null, neverAsked);
    const finding = await provider.findZone(wantedAt('open.test', shownZone('open.test')), patient);
    if (finding.fit) throw new Error('It was fit');
    const [problem] = finding.problems;
    for (const name of ['RFC2136_SERVER', 'RFC2136_TSIG_KEY_FILE', 'RFC2136_GSS_TSIG']) {
      expect(problem?.remedy).toContain(name);
    }
    expect(await provider.claim({ ...wantedAt('open.test', null), shown: shownZone('open.test') }, patient)).toBeNull();
    await expect(provider.publish(targetAt('open.test'), patient)).rejects.toMatchObject({ kind: 'unauthorised' });
  });

  test('asks for the server where DNS is not queried', async () => {
    const provider = providerAt(null, { kind: 'gss-tsig' });
    const finding = await provider.findZone(wantedAt('open.test', null), patient);
    expect(finding).toMatchObject({
      fit: false,
      problems: [{ remedy: 'set RFC2136_SERVER to the address of the primary' }],
    });
  });
});
