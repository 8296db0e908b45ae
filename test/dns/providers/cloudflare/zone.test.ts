import { describe, expect, test } from 'vitest';

import type { ZoneSeed } from '../../../../simulator/seeds.ts';
import type { PublishingZone } from '../../../../src/contract/schemas/dns.ts';
import { createCloudflareProvider } from '../../../../src/dns/providers/cloudflare/provider.ts';
import type { ZoneFinding } from '../../../../src/dns/publishing/provider.ts';
import { cloudflareAt, patient } from '../../../cloudflare/clients.ts';
import { errorOf } from '../../../cloudflare/errors.ts';
import { refusal, startScriptedServer, success } from '../../../cloudflare/scripted-server.ts';
import { startAccount } from '../../../cloudflare/simulated-account.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const apex = 'example.com';
const nameServers = ['ada.ns.cloudflare.test', 'bob.ns.cloudflare.test'];
const discovered: PublishingZone = { apex, nameServers, source: 'discovered' };

async function findZone(
  shown: PublishingZone | null,
  { zones = [], emailDomain = apex }: { zones?: ZoneSeed[]; emailDomain?: string } = {},
) {
  const simulator = await startAccount();
  simulator.account.patch({ zones });
  const provider = createCloudflareProvider(cloudflareAt(simulator));
  const found = await provider.findZone({ accountId, emailDomain, shown }, patient);
  const asked = simulator.log.list().map(({ query }) => query['name']);
  const idOf = (name: string) => simulator.account.zones.list().find((zone) => zone.name === name)?.id;
  return { found, asked, idOf };
}

function problemOf(found: ZoneFinding): string {
  if (found.fit) throw new Error(`${found.zone.apex} was taken for fit`);
  expect(found.problems).toHaveLength(1);
  return found.problems.map(({ subject, problem, remedy }) => `${subject}: ${problem}; ${remedy}`).join();
}

describe('the zone to publish in', () => {
  test('is the one that DNS shows', async () => {
    const { found, asked, idOf } = await findZone(discovered, { emailDomain: 'team.example.com' });
    expect(found).toEqual({ fit: true, zone: { apex, zoneId: idOf(apex) } });
    expect(asked).toEqual([apex]);
  });

  test('may share one name server with the delegation, however that is written', async () => {
    const shown = { ...discovered, nameServers: ['ns1.elsewhere.test.', 'ADA.NS.cloudflare.test.'] };
    expect((await findZone(shown)).found.fit).toBe(true);
  });

  test('is not there in an account that has none of this name', async () => {
    const { found } = await findZone({ ...discovered, apex: 'example.net' });
    const problem = problemOf(found);
    expect(problem).toContain(`zone example.net: account ${accountId} has no such zone`);
    expect(problem).toContain('publish where DNS is served (ada.ns.cloudflare.test, bob.ns.cloudflare.test)');
  });

  test('is not there when another account has it', async () => {
    const zones: ZoneSeed[] = [{ name: 'example.net', accountId: 'f'.repeat(32) }];
    expect(problemOf((await findZone({ ...discovered, apex: 'example.net' }, { zones })).found)).toContain(
      'has no such zone',
    );
  });

  test('is not the parent of the one that DNS shows', async () => {
    const { found } = await findZone({ ...discovered, apex: 'team.example.com' }, { emailDomain: 'team.example.com' });
    expect(problemOf(found)).toContain('zone team.example.com: ');
  });

  test.each(['pending', 'initializing', 'moved'] as const)('is not fit while it is %s', async (status) => {
    const { found } = await findZone(discovered, { zones: [{ name: apex, status }] });
    const problem = problemOf(found);
    expect(problem).toContain(`Cloudflare's zone is "${status}", so its records are not visible to the world`);
    expect(problem).toContain('publish where DNS is served');
  });

  test.each(['partial', 'secondary'] as const)('is not fit when it is %s', async (type) => {
    const { found } = await findZone(discovered, { zones: [{ name: apex, type }] });
    const problem = problemOf(found);
    expect(problem).toContain(`of type "${type}": its records are kept elsewhere`);
    expect(problem).toContain('publish where DNS is served');
  });

  test('is not fit when the account has two of its name, which it lists', async () => {
    const zone = { id: 'one', name: apex, status: 'active', type: 'full', name_servers: nameServers };
    const peer = await startScriptedServer(success([zone, { ...zone, id: 'two', status: 'pending' }]));
    const provider = createCloudflareProvider(cloudflareAt(peer));
    const found = await provider.findZone({ accountId, emailDomain: apex, shown: discovered }, patient);
    const problem = problemOf(found);
    expect(problem).toContain('has 2 of this name: one (active), two (pending)');
    expect(problem).toContain('remove all but the one in use');
  });

  test('is not fit when the domain is delegated to other name servers, which it names', async () => {
    const { found } = await findZone({ ...discovered, nameServers: ['NS1.elsewhere.test', 'ns2.elsewhere.test'] });
    const problem = problemOf(found);
    expect(problem).toContain(
      "Cloudflare's zone is on ada.ns.cloudflare.test, bob.ns.cloudflare.test, " +
        'but the domain is delegated to ns1.elsewhere.test, ns2.elsewhere.test',
    );
  });

  test('may be on other name servers than the configured ones, which say nothing of the delegation', async () => {
    const shown: PublishingZone = { apex, nameServers: ['127.0.0.1:5353'], source: 'configured' };
    expect((await findZone(shown)).found.fit).toBe(true);
  });

  test('is refused for its status on configured name servers, too', async () => {
    const shown: PublishingZone = { apex, nameServers: ['127.0.0.1:5353'], source: 'configured' };
    const { found } = await findZone(shown, { zones: [{ name: apex, status: 'moved' }] });
    expect(problemOf(found)).toContain('"moved"');
  });

  describe('when DNS is not queried', () => {
    test('is found by walking up from the domain', async () => {
      const { found, asked, idOf } = await findZone(null, { emailDomain: 'a.team.example.com' });
      expect(found).toEqual({ fit: true, zone: { apex, zoneId: idOf(apex) } });
      expect(asked).toEqual(['a.team.example.com', 'team.example.com', 'example.com']);
    });

    test('is the closest one', async () => {
      const { found, asked, idOf } = await findZone(null, {
        emailDomain: 'team.example.com',
        zones: [{ name: 'team.example.com' }],
      });
      expect(found).toEqual({ fit: true, zone: { apex: 'team.example.com', zoneId: idOf('team.example.com') } });
      expect(asked).toEqual(['team.example.com']);
    });

    test('is not passed over when it is not fit', async () => {
      const { found } = await findZone(null, {
        emailDomain: 'team.example.com',
        zones: [{ name: 'team.example.com', status: 'pending' }],
      });
      expect(problemOf(found)).toContain('zone of team.example.com: ');
    });

    test('is never a top-level domain', async () => {
      const { found, asked } = await findZone(null, { emailDomain: 'example.net' });
      expect(problemOf(found)).toContain('zone of example.net: ');
      expect(asked).toEqual(['example.net']);
    });
  });

  test('is unknown when the token may not read zones', async () => {
    const peer = await startScriptedServer(refusal(403, { code: 10000, message: 'Authentication error' }));
    const provider = createCloudflareProvider(cloudflareAt(peer));
    const error = await errorOf(provider.findZone({ accountId, emailDomain: apex, shown: discovered }, patient));
    expect(error).toMatchObject({ kind: 'refused', status: 403 });
  });
});
