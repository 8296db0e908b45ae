import { describe, expect, test } from 'vitest';

import type { ServerVerdict } from '../../../../src/contract/names/vocabulary.ts';
import type { DnsEvidence, PublishingZone } from '../../../../src/contract/schemas/dns.ts';
import { createManualProvider } from '../../../../src/dns/providers/manual/provider.ts';
import { ProviderError } from '../../../../src/dns/publishing/provider-error.ts';
import { patient } from '../../../cloudflare/clients.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const zone = { apex: 'example.com', zoneId: null };
const shown: PublishingZone = { apex: 'example.com', nameServers: ['ns1.elsewhere.test'], source: 'discovered' };
const target = { zone, shown, name: 'example.com', value: 'cloudflare_dashboard_sso=abc', runId: 'run' };
const unseen = { ...target, shown: null };

/** With name servers that say this of the value. */
function providerSeeing(...verdicts: ServerVerdict[]) {
  const evidence: DnsEvidence = {
    observedAt: '2026-01-01T00:00:00.000Z',
    servers: verdicts.map((verdict, index) => ({
      name: `ns${index + 1}.elsewhere.test`,
      address: `192.0.2.${index + 1}:53`,
      verdict,
      detail: 'as the test says',
      milliseconds: null,
      serial: null,
    })),
    resolvers: [],
    findings: [],
  };
  return createManualProvider({ observeTxt: async () => await Promise.resolve(evidence) });
}

test('no zone is claimed: a person is asked only when nothing else is for it', async () => {
  expect(await providerSeeing().claim({ accountId, emailDomain: 'example.com', shown }, patient)).toBeNull();
});

test('the zone is the one that DNS shows, whoever serves it', async () => {
  const found = await providerSeeing().findZone({ accountId, emailDomain: 'team.example.com', shown }, patient);
  expect(found).toEqual({ fit: true, zone });
});

test('the zone is the domain itself when DNS is not queried', async () => {
  const wanted = { accountId, emailDomain: 'team.example.com', shown: null };
  const found = await providerSeeing().findZone(wanted, patient);
  expect(found).toEqual({ fit: true, zone: { apex: 'team.example.com', zoneId: null } });
});

test('what is published by hand is published for the run, which asks for its removal later', async () => {
  expect(await providerSeeing().publish(target, patient)).toEqual({
    recordId: null,
    changeId: null,
    ours: true,
  });
});

describe('the value is known to be there', () => {
  test.each<[ServerVerdict[], boolean]>([
    [['has-value', 'has-value'], true],
    [['lacks-value', 'has-value'], true],
    [['lacks-value', 'unreachable'], false],
    [['lame', 'unreachable'], false],
  ])('with servers that say %j: %j', async (verdicts, isKnown) => {
    expect((await providerSeeing(...verdicts).find(target, patient)) !== null).toBe(isKnown);
  });

  test('never when DNS is not queried', async () => {
    expect(await providerSeeing('has-value').find(unseen, patient)).toBeNull();
  });
});

describe('the removal', () => {
  test('is done when no server that answers has the value', async () => {
    expect(await providerSeeing('lacks-value', 'unreachable').remove({ ...target, recordId: null }, patient)).toBe(
      'absent',
    );
  });

  test.each<[string, ServerVerdict[]]>([
    ['one server still has the value', ['lacks-value', 'has-value']],
    ['no server answers', ['unreachable', 'lame']],
  ])('is asked for again while %s', async (_when, verdicts) => {
    const removing = providerSeeing(...verdicts).remove({ ...target, recordId: null }, patient);
    await expect(removing).rejects.toThrow(ProviderError);
    await expect(removing).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('cannot be seen when DNS is not queried', async () => {
    expect(await providerSeeing('has-value').remove({ ...unseen, recordId: null }, patient)).toBe('unseen');
  });
});
