/** An account whose domains were enabled, so that something about them can go wrong. */
import type { WorkflowHandle } from '@temporalio/client';
import { expect, vi } from 'vitest';

import type { Connector } from '../../simulator/connectors.ts';
import { parseRecord } from '../../simulator/dns-record.ts';
import { seedZone } from '../../simulator/seed-zone.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import { listConnectorRecords } from '../../src/client/connector-records.ts';
import type { DriftWorkflow } from '../../src/contract/handlers.ts';
import {
  accountIdAttribute,
  driftIdFor,
  driftWorkflowType,
  emailDomainAttribute,
  onboardingTaskQueue,
  recordIdFor,
  recordWorkflowType,
} from '../../src/contract/names/ids.ts';
import type { ConnectorRecord } from '../../src/contract/schemas/connector-record.ts';
import type { PublishingZone, TxtRecord } from '../../src/contract/schemas/dns.ts';
import type { DriftInput, DriftReport } from '../../src/contract/schemas/drift.ts';
import type { keepConnectorRecord } from '../../src/workflows/shared/connector-record.ts';
import { waitOptions } from './onboarding-world.ts';
import type { World } from './onboarding-world.ts';

/** Onboards each domain with a run of its own, in a zone of its own. */
export async function onboardAll(world: World, emailDomains: readonly string[]): Promise<void> {
  world.simulator.account.patch({ zones: emailDomains.map((domain) => seedZone(domain)) });
  const runs = await Promise.all(
    emailDomains.map(async (emailDomain) => await world.start(world.input({ emailDomain }))),
  );
  await Promise.all(runs.map(async (run) => await run.result()));
  await waitForRecords(world, emailDomains.length);
}

/** Until the server's index has them. */
export async function waitForRecords({ client, accountId }: World, count: number): Promise<void> {
  await vi.waitFor(async () => {
    let found = 0;
    for await (const record of listConnectorRecords(client, accountId)) found += record.accountId === accountId ? 1 : 0;
    expect(found).toBe(count);
  }, waitOptions);
}

/** What an onboarding that published the connector's value at Cloudflare records; `txt` overrides what is recorded of the value. */
export function recordOf(
  { accountId }: World,
  { id: connectorId, emailDomain, code: value }: Connector,
  txt: Partial<TxtRecord> = {},
): ConnectorRecord {
  const zone = { apex: emailDomain, zoneId: 'z'.repeat(32) };
  const found = { recordId: null, changeId: null, preexisting: false };
  const record = { provider: 'cloudflare', zone, name: emailDomain, value, ...found, ...txt } as const;
  const source: PublishingZone['source'] = 'configured';
  const shown = { apex: emailDomain, nameServers: ['ada.ns.cloudflare.test'], source };
  const enabledAt = new Date().toISOString();
  return {
    accountId,
    emailDomain,
    connectorId,
    shouldBeEnabled: true,
    enabledAt,
    txt: { record, shown, runId: 'r'.repeat(36) },
  };
}

/** Opens a record as an onboarding does at its end, in place of one that an earlier attempt left open. */
export async function openRecord({ client }: World, record: ConnectorRecord): Promise<void> {
  const { accountId, emailDomain } = record;
  await client.workflow.start<typeof keepConnectorRecord>(recordWorkflowType, {
    workflowId: recordIdFor(accountId, emailDomain),
    taskQueue: onboardingTaskQueue,
    args: [record],
    memo: { record },
    typedSearchAttributes: [
      { key: emailDomainAttribute, value: emailDomain },
      { key: accountIdAttribute, value: accountId },
    ],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
}

export async function startDriftCheck(
  world: World,
  input: Partial<DriftInput> = {},
): Promise<WorkflowHandle<DriftWorkflow>> {
  const { accountId, client } = world;
  return await client.workflow.start<DriftWorkflow>(driftWorkflowType, {
    workflowId: driftIdFor(accountId),
    taskQueue: onboardingTaskQueue,
    args: [{ accountId, ...input }],
  });
}

export async function checkDrift(world: World, input: Partial<DriftInput> = {}): Promise<DriftReport> {
  return await (await startDriftCheck(world, input)).result();
}

export function connectorOf({ account }: Simulator, emailDomain: string): Connector {
  const connector = account.connectors.list().find((other) => other.emailDomain === emailDomain);
  if (connector === undefined) throw new TypeError(`There is no connector of ${emailDomain}`);
  return connector;
}

/** Creates and verifies one as somebody does in the dashboard, past every rule. */
export function addConnector(
  { account }: Simulator,
  emailDomain: string,
  { enabled }: { enabled: boolean },
): Connector {
  account.patch({ secondConnector: 'allowed' });
  const { id } = account.connectors.create({ emailDomain, useFedrampLanguage: false, beginVerification: false });
  return account.connectors.change(id, { status: 'verified', enabled });
}

export function deleteConnector({ account }: Simulator, { id }: Connector): void {
  account.connectors.change(id, { enabled: false });
  account.connectors.remove(id);
}

/** Takes the domain's TXT value away, as somebody does who tidies up. */
export function removeTxt(simulator: Simulator, emailDomain: string): void {
  const zone = zoneOf(simulator, emailDomain);
  const { code } = connectorOf(simulator, emailDomain);
  const record = zone.records.find(({ content }) => content === `"${code}"`);
  if (record === undefined) throw new TypeError(`There is no TXT value of ${emailDomain}`);
  zone.remove(record.id);
}

/** Adds it by hand, so that only the name servers without a lag show it. */
export function addTxt(simulator: Simulator, emailDomain: string): void {
  const { code } = connectorOf(simulator, emailDomain);
  const zone = zoneOf(simulator, emailDomain);
  zone.add(parseRecord(zone.name, { type: 'TXT', name: emailDomain, content: `"${code}"` }));
}

function zoneOf({ account }: Simulator, name: string) {
  const zone = account.zones.list().find((other) => other.name === name);
  if (zone === undefined) throw new TypeError(`There is no zone ${name}`);
  return zone;
}
