/** Drift of each kind, seeded in the simulated account and found on a real Temporal server. */
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';

import type { DriftKind } from '../../../src/contract/names/vocabulary.ts';
import type { DriftReport } from '../../../src/contract/schemas/drift.ts';
import {
  addConnector,
  addTxt,
  connectorOf,
  deleteConnector,
  checkDrift,
  onboardAll,
  openRecord,
  recordOf,
  removeTxt,
  startDriftCheck,
  waitForRecords,
} from '../../support/drift-world.ts';
import { failureOf } from '../../support/failure-of.ts';
import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { snapshotOf } from '../endings.ts';

/** On a busy machine, a domain whose name servers answer late would not be checked. */
const timings = timingVariables({ attemptSeconds: 30, heartbeatSeconds: 20 });
const createDriftWorld = async () => await createWorld({}, { timings });

const none = {
  disabled: 0,
  deleted: 0,
  replaced: 0,
  unverified: 0,
  'txt-missing': 0,
  'txt-partial': 0,
  'second-connector': 0,
  'unknown-connector': 0,
};

function kindsOf({ findings }: DriftReport): [string, DriftKind][] {
  return findings.map(({ emailDomain, kind }) => [emailDomain, kind]);
}

it.concurrent('finds nothing where everything is as it was left', async () => {
  await using world = await createDriftWorld();
  await world.startWorker();
  await onboardAll(world, ['example.com', 'example.org']);
  const before = snapshotOf(world.simulator);
  const report = await checkDrift(world, { repair: true });
  expect(report).toEqual({
    accountId: world.accountId,
    checkedAt: report.checkedAt,
    unreadable: null,
    domains: 2,
    healthy: 2,
    drifted: 0,
    undetermined: 0,
    inProgress: 0,
    counts: none,
    repaired: 0,
    findings: [],
    findingsCut: 0,
    unchecked: [],
    uncheckedCut: 0,
  });
  expect(snapshotOf(world.simulator)).toEqual(before);
});

it.concurrent('finds drift of each kind, and puts back only the TXT value that is missing', async () => {
  await using world = await createDriftWorld();
  const { simulator } = world;
  const { account, nameServers } = simulator;
  await world.startWorker();
  await onboardAll(world, [
    'fine.com',
    'disabled.com',
    'deleted.com',
    'replaced.com',
    'unverified.com',
    'missing.com',
    'partial.com',
    'second.com',
    'disabled-missing.com',
  ]);

  for (const domain of ['disabled.com', 'disabled-missing.com'])
    account.connectors.change(connectorOf(simulator, domain).id, { enabled: false });
  for (const domain of ['deleted.com', 'replaced.com']) deleteConnector(simulator, connectorOf(simulator, domain));
  const replacement = addConnector(simulator, 'Replaced.com', { enabled: true });
  account.connectors.change(connectorOf(simulator, 'unverified.com').id, { status: 'failed' });
  for (const domain of ['missing.com', 'partial.com', 'disabled-missing.com']) removeTxt(simulator, domain);
  // Back again, and one server does not show it yet.
  for (const server of nameServers.slice(1)) server.lagSeconds = 3600;
  addTxt(simulator, 'partial.com');
  const second = addConnector(simulator, 'second.com', { enabled: false });
  const unknown = addConnector(simulator, 'unknown.com', { enabled: true });
  // Nobody relies on one that was never enabled.
  addConnector(simulator, 'begun.com', { enabled: false });

  const before = snapshotOf(simulator);
  const report = await checkDrift(world);
  expect(kindsOf(report)).toEqual([
    ['deleted.com', 'deleted'],
    ['disabled-missing.com', 'disabled'],
    ['disabled-missing.com', 'txt-missing'],
    ['disabled.com', 'disabled'],
    ['missing.com', 'txt-missing'],
    ['partial.com', 'txt-partial'],
    ['replaced.com', 'replaced'],
    ['second.com', 'second-connector'],
    ['unknown.com', 'unknown-connector'],
    ['unverified.com', 'unverified'],
  ]);
  const counts = {
    disabled: 2,
    deleted: 1,
    replaced: 1,
    unverified: 1,
    'txt-missing': 2,
    'txt-partial': 1,
    'second-connector': 1,
    'unknown-connector': 1,
  };
  expect(report).toMatchObject({ domains: 9, healthy: 1, drifted: 8, undetermined: 0, inProgress: 0, counts });
  const details = Object.fromEntries(report.findings.map(({ kind, detail }) => [kind, detail]));
  expect(details['replaced']).toContain(`is gone, and the domain has ${replacement.id} (enabled)`);
  expect(details['second-connector']).toContain(`${second.id} (not enabled)`);
  expect(details['unknown-connector']).toContain(unknown.id);
  expect(details['unverified']).toContain('"failed"');
  expect(details['txt-partial']).toContain('1 of 2 authoritative answers lack it');
  expect(snapshotOf(simulator)).toEqual(before);

  const handle = await startDriftCheck(world, { repair: true });
  const repairing = await handle.result();
  const shown = JSON.stringify(await handle.query('__temporal_workflow_metadata'));
  for (const row of ['| Healthy | 1 |', '| **Drifted** | 8 |', '| `disabled` | 2 |', '| Repaired | 1 |'])
    expect(shown).toContain(row);
  expect(repairing.counts).toEqual(counts);
  expect(repairing.findings.filter(({ repaired }) => repaired)).toMatchObject([
    { emailDomain: 'missing.com', kind: 'txt-missing' },
  ]);
  const left = repairing.findings.find(
    ({ emailDomain, kind }) => `${emailDomain} ${kind}` === 'disabled-missing.com txt-missing',
  );
  expect(left?.detail).toContain('not published again: its connector is not enabled');
  // Never silently enabled again, nor anything else: one record more, as the onboarding published it, and that is all.
  const after = snapshotOf(simulator);
  expect(after.connectors).toEqual(before.connectors);
  const added = after.records.filter(({ id }) => !before.records.some((record) => record.id === id));
  expect(added).toMatchObject([{ name: 'missing.com', content: `"${connectorOf(simulator, 'missing.com').code}"` }]);
  expect(added[0]?.comment).toMatch(/run [0-9a-f-]{36}/u);
  expect(after.records.filter(({ id }) => id !== added[0]?.id)).toEqual(before.records);
});

it.concurrent('checks again what it has published, marked so that an off-boarding knows it for ours', async () => {
  await using world = await createDriftWorld();
  const { simulator } = world;
  await world.startWorker();
  await onboardAll(world, ['example.com']);
  const code = connectorOf(simulator, 'example.com').code;
  const findValue = () => snapshotOf(simulator).records.find(({ content }) => content === `"${code}"`);
  const first = findValue();
  removeTxt(simulator, 'example.com');
  expect(await checkDrift(world, { repair: true })).toMatchObject({
    repaired: 1,
    counts: { ...none, 'txt-missing': 1 },
  });
  expect(findValue()?.comment).toBe(first?.comment);
  await vi.waitFor(
    async () => expect(await checkDrift(world, { repair: true })).toMatchObject({ healthy: 1, counts: none }),
    waitOptions,
  );
});

it.concurrent('does not publish for a connector that asks for another value, nor a value that was there before us', async () => {
  await using world = await createDriftWorld();
  const { simulator } = world;
  await world.startWorker();
  await onboardAll(world, ['example.com']);
  removeTxt(simulator, 'example.com');
  const { id, code } = connectorOf(simulator, 'example.com');
  simulator.account.connectors.change(id, { code: `${code}-new` });
  simulator.account.patch({ zones: [{ name: 'theirs.com', records: [] }] });
  const theirs = addConnector(simulator, 'theirs.com', { enabled: true });
  await openRecord(world, recordOf(world, theirs, { preexisting: true }));
  await waitForRecords(world, 2);
  const before = snapshotOf(simulator);
  const { findings, repaired } = await checkDrift(world, { repair: true });
  expect(repaired).toBe(0);
  expect(findings.map(({ detail }) => detail.split('not published again: ')[1])).toEqual([
    'its connector now asks for another value',
    'it was there before the onboarding',
  ]);
  expect(snapshotOf(simulator)).toEqual(before);
});

describe.concurrent('what cannot be checked is undetermined, and no drift', () => {
  it('an account whose API is down, and one whose token is refused', async () => {
    await using world = await createDriftWorld();
    const { simulator } = world;
    await world.startWorker();
    await onboardAll(world, ['example.com']);
    simulator.account.connectors.change(connectorOf(simulator, 'example.com').id, { enabled: false });
    const fault = simulator.faults.add({ times: 'forever', when: 'before', fault: { status: 500 } });
    const dark = { domains: 1, healthy: 0, drifted: 0, undetermined: 1, counts: none, findings: [] };
    const down = await checkDrift(world);
    expect(down).toMatchObject(dark);
    expect(down.unreadable).toContain('HTTP 500');
    expect(down.unchecked).toEqual([{ emailDomain: 'example.com', reason: down.unreadable }]);

    simulator.faults.remove(fault);
    simulator.account.patch({ tokens: [] });
    const refused = await checkDrift(world);
    expect(refused).toMatchObject(dark);
    expect(refused.unreadable).toContain('could not be read');
  });

  it('a domain whose name servers do not answer', async () => {
    await using world = await createDriftWorld();
    await world.startWorker();
    await onboardAll(world, ['example.com']);
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const report = await checkDrift(world, { repair: true });
    expect(report).toMatchObject({ domains: 1, undetermined: 1, counts: none });
    expect(report.unchecked.map(({ emailDomain }) => emailDomain)).toEqual(['example.com']);
    expect(report.unchecked[0]?.reason).toContain('SERVFAIL');
  });
});

it.concurrent('leaves a domain alone that is being worked on, and one that was worked on during the check', async () => {
  await using world = await createDriftWorld();
  const { simulator } = world;
  await world.startWorker();
  await onboardAll(world, ['again.com', 'during.com']);
  for (const domain of ['again.com', 'during.com'])
    simulator.account.connectors.change(connectorOf(simulator, domain).id, { enabled: false });
  const again = await world.start(world.input({ emailDomain: 'again.com', enablement: 'after-approval' }));
  await world.waitForStatus(again, ({ phase }) => phase === 'waiting-for-approval');

  // The check has its list of connectors, of which one is enabled again before the answer arrives.
  const listing = { method: 'GET', path: `/accounts/${world.accountId}/sso_connectors` };
  simulator.faults.add({ ...listing, when: 'after', fault: 'hold' });
  const handle = await startDriftCheck(world);
  await vi.waitFor(async () => {
    const pending = (await handle.describe()).raw.pendingActivities ?? [];
    expect(pending.map(({ activityType }) => activityType?.name)).toEqual(['listAccountConnectors']);
  }, waitOptions);
  await (await world.start(world.input({ emailDomain: 'during.com' }))).result();
  simulator.faults.release();
  expect(await handle.result()).toMatchObject({ domains: 2, inProgress: 2, drifted: 0, counts: none, findings: [] });
});

it.concurrent('an input that cannot be used fails the check, with what is wrong', async () => {
  await using world = await createDriftWorld();
  await world.startWorker();
  for (const [input, message] of [
    [{ accountId: 'acme' }, '32 hexadecimal characters'],
    [{ callbackUrl: 'https://elsewhere.example.com/' }, 'this worker sends no call-backs'],
  ] as const) {
    const failure = await failureOf(await startDriftCheck(world, input));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'InvalidInput', message: expect.stringContaining(message) as unknown });
  }
});

it('hundreds of domains make a short history and a small report', async () => {
  const count = 240;
  await using world = await createDriftWorld();
  const { simulator, client } = world;
  const domains = Array.from({ length: count }, (_, index) => `acme-${String(index).padStart(3, '0')}.com`);
  for (const emailDomain of domains) {
    const { id, code } = addConnector(simulator, emailDomain, { enabled: true });
    const isThere = !emailDomain.endsWith('5.com');
    const content = `"${code}"`;
    const records = isThere ? [{ type: 'TXT' as const, name: emailDomain, content }] : [];
    simulator.account.patch({ zones: [{ name: emailDomain, records }] });
    if (emailDomain.endsWith('7.com')) simulator.account.connectors.change(id, { enabled: false });
  }
  await Promise.all(
    domains.map(async (emailDomain) => await openRecord(world, recordOf(world, connectorOf(simulator, emailDomain)))),
  );
  await waitForRecords(world, count);
  await world.startWorker();

  const started = performance.now();
  const handle = await startDriftCheck(world);
  const report = await handle.result();
  const seconds = (performance.now() - started) / 1000;
  expect(report).toMatchObject({ domains: count, drifted: 48, undetermined: 0, healthy: count - 48 });
  expect(report.counts).toEqual({ ...none, disabled: 24, 'txt-missing': 24 });
  const { historyLength, historySize = 0 } = await client.workflow.getHandle(handle.workflowId).describe();
  const reportBytes = Buffer.byteLength(JSON.stringify(report));
  process.stdout.write(
    `${count} domains: ${historyLength} events, ${historySize} bytes of history, ${reportBytes} bytes of report, ${seconds.toFixed(1)} s\n`,
  );
  expect(historyLength).toBeLessThan(100);
  expect(historySize).toBeLessThan(300_000);
  expect(reportBytes).toBeLessThan(100_000);
});
