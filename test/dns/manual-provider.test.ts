import { expect, test } from 'vitest';

import type { PublishingZone } from '../../src/contract.ts';
import { createManualProvider } from '../../src/dns/manual-provider.ts';
import { patient } from '../cloudflare/clients.ts';
import { startAccount } from '../cloudflare/simulated-account.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const zone = { apex: 'example.com', zoneId: null };
const target = { zone, name: 'example.com', value: 'cloudflare_dashboard_sso=abc', runId: 'run' };

test('the zone is the one that DNS shows, whoever serves it', async () => {
  const shown: PublishingZone = { apex: 'example.com', nameServers: ['ns1.elsewhere.test'], source: 'discovered' };
  const found = await createManualProvider().findZone({ accountId, emailDomain: 'team.example.com', shown }, patient);
  expect(found).toEqual({ fit: true, zone });
});

test('the zone is the domain itself when DNS is not looked at', async () => {
  const wanted = { accountId, emailDomain: 'team.example.com', shown: null };
  const found = await createManualProvider().findZone(wanted, patient);
  expect(found).toEqual({ fit: true, zone: { apex: 'team.example.com', zoneId: null } });
});

test('publishing and removing are left to a human, and a record is never known nor ours', async () => {
  const simulator = await startAccount();
  const before = JSON.stringify(simulator.account.zones.list().map(({ records }) => records));
  const provider = createManualProvider();
  expect(provider.name).toBe('manual');
  expect(await provider.publish(target, patient)).toEqual({ recordId: null, ours: false });
  expect(await provider.find(target, patient)).toBeNull();
  expect(await provider.remove({ ...target, recordId: null }, patient)).toBe('absent');
  expect(simulator.log.list()).toEqual([]);
  expect(JSON.stringify(simulator.account.zones.list().map(({ records }) => records))).toBe(before);
});
