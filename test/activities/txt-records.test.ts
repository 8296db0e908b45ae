import { describe, expect, test } from 'vitest';

import { createTxtRecordActivities } from '../../src/activities/txt-records.ts';
import type { DnsProviderName } from '../../src/contract/names/vocabulary.ts';
import type { PublishingZone } from '../../src/contract/schemas/dns.ts';
import { createCloudflareProvider } from '../../src/dns/providers/cloudflare/provider.ts';
import { ProviderError } from '../../src/dns/publishing/provider-error.ts';
import type { TxtRecordProvider } from '../../src/dns/publishing/provider.ts';
import { cloudflareAt } from '../cloudflare/clients.ts';
import { startScriptedServer, success } from '../cloudflare/scripted-server.ts';
import type { ScriptedAnswer } from '../cloudflare/scripted-server.ts';
import { startAccount } from '../cloudflare/simulated-account.ts';
import { failureOfActivity, runActivity, retry } from './run-activity.ts';
import { startTries } from './tries.ts';

const emailDomain = 'example.com';
const provider = 'cloudflare';
const runId = 'e7a1c1d2-6f1b-4c58-9e2d-7a41b8d06c35';
const value = 'cloudflare_dashboard_sso=Zk3rW0q7XcVbN5mLp1sT9yHf';
const markOf = (run: string) => `cloudflare-sso-onboarding run ${run}`;

/** What a failure looks like that the server tries again. */
const triedAgain = (type: string) => ({ type, nonRetryable: false });

function activitiesAt(peer: { baseUrl: string }) {
  return createTxtRecordActivities(new Map([[provider, createCloudflareProvider(cloudflareAt(peer))]]), retry);
}

async function startZone() {
  const simulator = await startAccount();
  const [zone] = simulator.account.zones.list();
  if (zone === undefined) throw new Error('The account has no zone');
  const { publishTxtRecord, removeTxtRecord } = activitiesAt(simulator);
  const target = { zone: { apex: zone.name, zoneId: zone.id }, shown: null, name: zone.name, value, runId };
  return {
    simulator,
    zone,
    /** The attempts of one publishing. */
    publishing: startTries(publishTxtRecord, { provider, target }),
    /** What another run publishes. */
    publishAs: async (run: string) =>
      await runActivity(publishTxtRecord, { provider, target: { ...target, runId: run } }),
    remove: async (recordId: string | null) => await runActivity(removeTxtRecord, { provider, target, recordId }),
    calls: () => simulator.log.list().map(({ method }) => method),
  };
}

type StartedZone = Awaited<ReturnType<typeof startZone>>;

/** A removal against answers that a simulated account has no way to give. */
async function startScriptedRemoval(...answers: ScriptedAnswer[]) {
  const peer = await startScriptedServer(...answers);
  const { removeTxtRecord } = activitiesAt(peer);
  const target = { zone: { apex: emailDomain, zoneId: 'zone' }, shown: null, name: emailDomain, value, runId };
  return {
    remove: async (recordId: string | null) => await runActivity(removeTxtRecord, { provider, target, recordId }),
    calls: () => peer.seen.map(({ method }) => method),
  };
}

describe('publishing the TXT value', () => {
  const nothingSent: [string, (zone: StartedZone) => Promise<void>][] = [
    ['at the first attempt', async () => await Promise.resolve()],
    [
      'after one that was not allowed to look',
      async ({ simulator, publishing }) => {
        simulator.faults.add({ method: 'GET', when: 'before', fault: 'unauthorised' });
        await failureOfActivity(publishing.next());
      },
    ],
    [
      'after one that was throttled',
      async ({ simulator, publishing }) => {
        simulator.faults.add({ method: 'POST', when: 'before', fault: { status: 429 } });
        await failureOfActivity(publishing.next());
      },
    ],
  ];
  const mayHaveBeenSent: [string, (zone: StartedZone) => Promise<void>][] = [
    ['after one that was killed', async ({ publishing }) => await Promise.resolve(publishing.lose())],
    [
      'after one whose write did not arrive',
      async ({ simulator, publishing }) => {
        simulator.faults.add({ method: 'POST', when: 'before', fault: 'reset' });
        expect(await failureOfActivity(publishing.next())).toMatchObject(triedAgain('CloudflareUnreachable'));
      },
    ],
    [
      'after one that was not allowed to look, and one that was killed',
      async ({ simulator, publishing }) => {
        simulator.faults.add({ method: 'GET', when: 'before', fault: 'unauthorised' });
        await failureOfActivity(publishing.next());
        publishing.lose();
      },
    ],
  ];

  test.each([
    ...nothingSent.map(([name, arrange]) => ({ name, arrange, certain: true })),
    ...mayHaveBeenSent.map(([name, arrange]) => ({ name, arrange, certain: false })),
  ])('$name is ours, and that no other attempt may yet act is $certain', async ({ arrange, certain }) => {
    const started = await startZone();
    await arrange(started);
    const { recordId, ...reported } = await started.publishing.next();
    expect(reported).toEqual({ changeId: null, ours: true, certain });
    expect(started.zone.records.find(({ id }) => id === recordId)?.content).toBe(`"${value}"`);
  });

  test.each([
    ...nothingSent.map(([name, arrange]) => ({ name, arrange, mayHaveWritten: false })),
    ...mayHaveBeenSent.map(([name, arrange]) => ({ name, arrange, mayHaveWritten: true })),
  ])('$name and refused reports that something may have been sent: $mayHaveWritten', async (row) => {
    const started = await startZone();
    await row.arrange(started);
    started.simulator.faults.add({ method: 'POST', when: 'before', fault: { status: 400 } });
    const failure = await failureOfActivity(started.publishing.next());
    expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true });
    expect(failure.details).toMatchObject([{ mayHaveWritten: row.mayHaveWritten }]);
  });

  test('that an earlier attempt has done is ours, though its answer was lost', async () => {
    const { simulator, zone, publishing } = await startZone();
    simulator.faults.add({ method: 'POST', when: 'after', fault: 'reset' });
    const failure = await failureOfActivity(publishing.next());
    expect(failure).toMatchObject(triedAgain('CloudflareUnreachable'));
    expect(failure.details).toMatchObject([{ mayHaveWritten: true }]);
    const { recordId, ...reported } = await publishing.next();
    expect(reported).toEqual({ changeId: null, ours: true, certain: false });
    expect(zone.records.filter(({ content }) => content === `"${value}"`).map(({ id }) => id)).toEqual([recordId]);
  });

  test('that another run has done is not ours', async () => {
    const { publishing, publishAs } = await startZone();
    const { recordId } = await publishAs('another-run');
    expect(await publishing.next()).toEqual({ recordId, changeId: null, ours: false, certain: true });
  });

  test('that another run has done is not ours, and the request of a lost attempt may still take effect', async () => {
    const { publishing, publishAs } = await startZone();
    publishing.lose();
    const { recordId } = await publishAs('another-run');
    expect(await publishing.next()).toEqual({ recordId, changeId: null, ours: false, certain: false });
  });
});

describe('removing the TXT value', () => {
  test('looks, removes it, and looks again', async () => {
    const { zone, publishing, remove, calls } = await startZone();
    const before = JSON.stringify(zone.records);
    const { recordId } = await publishing.next();
    const soFar = calls().length;
    expect(await remove(recordId)).toEqual({ state: 'undone', note: 'removed' });
    expect(JSON.stringify(zone.records)).toBe(before);
    expect(calls().slice(soFar)).toEqual(['GET', 'DELETE', 'GET']);
  });

  test('removes it also when the publishing never reported back', async () => {
    const { simulator, zone, publishing, remove } = await startZone();
    const before = JSON.stringify(zone.records);
    simulator.faults.add({ method: 'POST', when: 'after', fault: 'reset' });
    await failureOfActivity(publishing.next());
    expect(await remove(null)).toEqual({ state: 'undone', note: 'removed' });
    expect(JSON.stringify(zone.records)).toBe(before);
  });

  test('has nothing to do when it is gone already', async () => {
    const { publishing, remove, calls } = await startZone();
    const { recordId } = await publishing.next();
    await remove(recordId);
    const soFar = calls().length;
    expect(await remove(recordId)).toEqual({ state: 'undone', note: 'it is gone' });
    expect(calls().slice(soFar)).toEqual(['GET', 'GET']);
  });

  test('leaves it in a record of somebody else, and says so', async () => {
    const { zone, publishAs, remove } = await startZone();
    await publishAs('another-run');
    const before = JSON.stringify(zone.records);
    expect(await remove(null)).toEqual({ state: 'left', note: 'somebody else has a record with the same value' });
    expect(JSON.stringify(zone.records)).toBe(before);
  });

  test("removes its own beside somebody else's, and says both", async () => {
    const record = { id: 'theirs', name: emailDomain, content: value, comment: null };
    const own = { ...record, id: 'ours', comment: markOf(runId) };
    const { remove, calls } = await startScriptedRemoval(success([record, own]), success(null), success([record]));
    expect(await remove(null)).toEqual({
      state: 'left',
      note: 'removed; somebody else has a record with the same value',
    });
    expect(calls()).toEqual(['GET', 'DELETE', 'GET']);
  });

  test('that was accepted and is not to be seen is tried again', async () => {
    const still = success([{ id: 'one', name: emailDomain, content: `"${value}"`, comment: null }]);
    const { remove, calls } = await startScriptedRemoval(still, success(null), still, success(null));
    expect(await failureOfActivity(remove('one'))).toMatchObject({ nonRetryable: false });
    expect(calls().slice(0, 3)).toEqual(['GET', 'DELETE', 'GET']);
  });

  test.each([
    ['refused', { status: 400 }, { type: 'CloudflareRefused', nonRetryable: true }],
    ['lost', 'reset', triedAgain('CloudflareUnreachable')],
    ['met with trouble', { status: 503 }, triedAgain('CloudflareUnavailable')],
  ] as const)('that is %s does not say that it is gone', async (_, fault, expected) => {
    const { simulator, zone, publishing, remove } = await startZone();
    const { recordId } = await publishing.next();
    simulator.faults.add({ method: 'DELETE', when: 'before', fault });
    expect(await failureOfActivity(remove(recordId))).toMatchObject(expected);
    expect(zone.records.map(({ id }) => id)).toContain(recordId);
  });
});

async function neverAsked(): Promise<never> {
  return await Promise.reject(new Error('Only its claim is asked for'));
}

/** A provider that claims the zone with a reason, does not, or does not know. */
function claiming(name: DnsProviderName, claim: string | null | Error): TxtRecordProvider {
  return {
    name,
    claim: async () => await (claim instanceof Error ? Promise.reject(claim) : Promise.resolve(claim)),
    findZone: neverAsked,
    find: neverAsked,
    publish: neverAsked,
    remove: neverAsked,
  };
}

function asking(claims: Partial<Record<DnsProviderName, string | null | Error>>) {
  const names = ['cloudflare', 'route53', 'rfc2136', 'manual'] as const;
  const providers = names.map((name) => claiming(name, claims[name] ?? null));
  return createTxtRecordActivities(new Map(providers.map((one) => [one.name, one])), retry).chooseProvider;
}

describe('the provider that auto chooses', () => {
  const shown: PublishingZone = { apex: emailDomain, nameServers: ['ns1.example.net'], source: 'discovered' };
  const wanted = { accountId: '0'.repeat(32), emailDomain, shown };

  test('is the first that claims it, with its reason', async () => {
    const choose = asking({ route53: 'its zone is there', rfc2136: 'it takes the key' });
    expect(await runActivity(choose, { wanted })).toEqual({ name: 'route53', why: 'its zone is there' });
  });

  test('is a person, when nobody claims it, and the name servers are named', async () => {
    const chosen = await runActivity(asking({}), { wanted });
    expect(chosen.name).toBe('manual');
    expect(chosen.why).toContain('ns1.example.net');
  });

  test('is said together with who cannot publish there, and why', async () => {
    const unauthorised = new ProviderError('unauthorised', 'the key is not accepted', 'give it another one');
    const chosen = await runActivity(asking({ rfc2136: unauthorised }), { wanted });
    expect(chosen.name).toBe('manual');
    expect(chosen.why).toContain('not rfc2136: the key is not accepted');
  });

  test('waits a while for a provider that does not answer, since it may be the one', async () => {
    const silent = new ProviderError('unavailable', 'no answer', 'wait');
    const choose = asking({ route53: silent, rfc2136: 'it takes the key' });
    for (const attempt of [1, 4]) {
      expect(await failureOfActivity(runActivity(choose, { wanted }, { attempt }))).toMatchObject(
        triedAgain('DnsProviderUnavailable'),
      );
    }
    expect(await runActivity(choose, { wanted }, { attempt: 5 })).toMatchObject({ name: 'rfc2136' });
  });
});
