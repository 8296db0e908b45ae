import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { checkNowSignal, statusQuery } from '../../../src/contract/handlers.ts';
import { phaseAttribute } from '../../../src/contract/names/ids.ts';
import type { VerificationStatus } from '../../../src/contract/names/vocabulary.ts';
import type { Problem } from '../../../src/contract/schemas/parse.ts';
import type { UndoReport } from '../../../src/contract/schemas/undo.ts';
import { startSimulator } from '../../../simulator/simulator.ts';
import { addTxtByHand, createWorld, testToken, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';

/** What the run failed with. */
async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await handle.result().then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause;
  throw new Error('The run did not end with an ApplicationFailure', { cause: error });
}

const problemsSchema = z.array(z.object({ subject: z.string(), problem: z.string(), remedy: z.string() }));

async function problemsOf(world: World, changes = {}): Promise<Problem[]> {
  await world.startWorker();
  const failure = await failureOf(await world.start(world.input(changes)));
  expect(failure.type).toBe('PrerequisitesNotMet');
  expect(writesOf(world)).toEqual([]);
  return problemsSchema.parse(failure.details);
}

/** Fails as `Undone`, with nothing left; answers why. */
async function causeOfUndo(handle: WorkflowHandle): Promise<UndoReport['cause']> {
  const failure = await failureOf(handle);
  expect(failure.type).toBe('Undone');
  const [report] = undoReportsSchema.parse(failure.details);
  expect(report?.left).toEqual([]);
  return report?.cause ?? { by: 'failure', type: 'none', message: '' };
}

const undoReportsSchema = z.tuple([
  z.object({
    cause: z.object({ by: z.enum(['failure', 'cancel', 'deadline']), type: z.string(), message: z.string() }),
    left: z.array(z.string()),
  }),
]);

/** The calls that changed something, as `METHOD path`, ids left out. */
function writesOf({ simulator }: World): string[] {
  const calls = simulator.log.list().filter(({ method }) => method !== 'GET');
  return calls.map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{32}/gu, '{id}')}`);
}

const create = 'POST /accounts/{id}/sso_connectors';
const publish = 'POST /zones/{id}/dns_records';
const begin = 'POST /accounts/{id}/sso_connectors/{id}/begin_verification';
const enable = 'PATCH /accounts/{id}/sso_connectors/{id}';

/** Everything in the account's zones but the values of this run. */
function recordsOf({ simulator }: World, without: string | null = null): string {
  const records = simulator.account.zones.list().flatMap((zone) => zone.records);
  return JSON.stringify(records.filter(({ content }) => without === null || !content.includes(without)));
}

function addConnector({ simulator }: World, status: VerificationStatus, enabled = false) {
  const { connectors } = simulator.account;
  const fields = { emailDomain: 'example.com', beginVerification: false, useFedrampLanguage: false };
  return connectors.change(connectors.create(fields).id, { status, enabled });
}

describe('a bare account', () => {
  it('ends with an enabled connector, one TXT value more, and every other record as it was', async () => {
    await using world = await createWorld();
    const before = recordsOf(world);
    await world.startWorker();
    const handle = await world.start(world.input());

    const result = await handle.result();

    const [connector, ...others] = world.simulator.account.connectors.list();
    expect(others).toEqual([]);
    expect(connector).toMatchObject({ enabled: true, status: 'verified', emailDomain: 'example.com' });
    expect(result).toMatchObject({
      connectorId: connector?.id,
      emailDomain: 'example.com',
      enabled: true,
      alreadyEnabled: false,
      txtRecord: { provider: 'cloudflare', name: 'example.com', value: connector?.code, preexisting: false },
    });
    expect(recordsOf(world, connector?.code)).toBe(before);
    expect(writesOf(world)).toEqual([create, publish, begin, enable]);
    await world.record(handle, 'bare-account');
  });

  it('publishes before Cloudflare looks, quoted, and marked with the run', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input());
    const { txtRecord } = await handle.result();

    const [created, published] = world.simulator.log.list().filter(({ method }) => method === 'POST');
    expect(created?.requestBody).toEqual({ email_domain: 'example.com', begin_verification: false });
    expect(published?.requestBody).toEqual({
      type: 'TXT',
      name: 'example.com',
      content: `"${txtRecord?.value}"`,
      ttl: 1,
      comment: `cloudflare-sso-onboarding run ${handle.firstExecutionRunId}`,
    });
  });

  it('tells its story: phases in order, search attributes, and a summary on every activity and timer', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input());
    await handle.result();

    const status = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(status.timeline.map(({ phase }) => phase)).toEqual([
      'checking-prerequisites',
      'creating-connector',
      'publishing-txt',
      'waiting-for-dns',
      'waiting-for-verification',
      'enabling',
      'enabled',
    ]);
    expect((await handle.describe()).typedSearchAttributes.get(phaseAttribute)).toBe('enabled');
    const { events } = await handle.fetchHistory();
    const told = (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes ?? event.timerStartedEventAttributes,
    );
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((event) => !event.userMetadata?.summary)).toEqual([]);
  });

  it('asks for the FedRAMP wording only when told to', async () => {
    await using world = await createWorld();
    await world.startWorker();
    await (await world.start(world.input({ useFedrampLanguage: true }))).result();
    expect(world.simulator.account.connectors.list()).toMatchObject([{ useFedrampLanguage: true }]);
  });
});

describe('a connector that is there already is adopted where it stands', () => {
  it.each([
    { status: 'awaiting', enabled: false, writes: [publish, begin, enable] },
    { status: 'pending', enabled: false, writes: [publish, enable] },
    { status: 'failed', enabled: false, writes: [publish, begin, enable] },
    { status: 'verified', enabled: false, writes: [enable] },
    { status: 'verified', enabled: true, writes: [] },
  ] as const)('$status, enabled: $enabled', async ({ status, enabled, writes }) => {
    await using world = await createWorld();
    const { id } = addConnector(world, status, enabled);
    await world.startWorker();

    const result = await (await world.start(world.input())).result();

    expect(result).toMatchObject({ connectorId: id, enabled: true, alreadyEnabled: enabled });
    expect(writesOf(world)).toEqual(writes);
    expect(world.simulator.account.connectors.list()).toMatchObject([{ id, enabled: true }]);
  });

  it('takes a TXT value that is there already for what it is, and adds no second one', async () => {
    await using world = await createWorld();
    const { code } = addConnector(world, 'awaiting');
    await addTxtByHand(world, 'example.com', code);
    const before = recordsOf(world);
    world.simulator.log.clear();
    await world.startWorker();

    const { txtRecord } = await (await world.start(world.input())).result();

    expect(txtRecord).toMatchObject({ value: code, preexisting: true });
    expect(recordsOf(world)).toBe(before);
    expect(writesOf(world)).toEqual([begin, enable]);
  });

  it('fails when its FedRAMP wording is not the one asked for, and changes nothing', async () => {
    await using world = await createWorld();
    const { id } = addConnector(world, 'verified');
    await world.startWorker();
    const failure = await failureOf(await world.start(world.input({ useFedrampLanguage: true })));
    expect(failure).toMatchObject({ type: 'ConnectorConflict' });
    expect(failure.message).toContain(id);
    expect(writesOf(world)).toEqual([]);
  });

  it('fails when there are two, and names both', async () => {
    await using world = await createWorld({ secondConnector: 'allowed' });
    const ids = [addConnector(world, 'awaiting').id, addConnector(world, 'verified').id];
    await world.startWorker();
    const failure = await failureOf(await world.start(world.input()));
    expect(failure).toMatchObject({ type: 'ConnectorConflict' });
    for (const id of ids) expect(failure.message).toContain(id);
    expect(writesOf(world)).toEqual([]);
  });
});

describe('where the value goes', () => {
  it('publishes for a subdomain at its own name, in the zone above it', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const { txtRecord } = await (await world.start(world.input({ emailDomain: 'team.example.com' }))).result();
    expect(txtRecord).toMatchObject({ name: 'team.example.com', zone: { apex: 'example.com' } });
    expect(world.simulator.account.connectors.list()).toMatchObject([
      { emailDomain: 'team.example.com', enabled: true },
    ]);
  });

  it('with the provider "manual" says what to add where, and goes on by itself once DNS shows it', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input({ dnsProvider: 'manual' }));

    const waiting = await world.waitForStatus(
      handle,
      ({ phase, nextCheckAt }) => phase === 'waiting-for-dns' && nextCheckAt !== null,
    );
    const value = waiting.connector?.verificationCode ?? 'none';
    expect(waiting.reason).toContain('add by hand in the zone example.com');
    expect(waiting.reason).toMatch(new RegExp(`example\\.com\\. \\d+ IN TXT "${value}"`, 'u'));
    expect(writesOf(world)).toEqual([create]);

    await addTxtByHand(world, 'example.com', value);
    await expect(handle.result()).resolves.toMatchObject({
      enabled: true,
      txtRecord: { provider: 'manual', recordId: null },
    });
    expect(writesOf(world)).toEqual([create, publish, begin, enable]);
    await world.record(handle, 'manual');
  });

  it("without a look at DNS finds the zone among the account's own", async () => {
    await using world = await createWorld();
    for (const server of world.simulator.nameServers) server.mode = 'drop';
    await world.startWorker();
    const input = world.input({ emailDomain: 'team.example.com', propagation: { check: 'off' } });
    const handle = await world.start(input);
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-verification');
    for (const server of world.simulator.nameServers) server.mode = 'normal';
    await expect(handle.result()).resolves.toMatchObject({ txtRecord: { name: 'team.example.com' } });
  });
});

describe('waiting for DNS', () => {
  it('begins verification only once the lagging name server has the value too, and says which one it waits for', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [0, 3] });
    await world.startWorker();
    const handle = await world.start(world.input());

    const waiting = await world.waitForStatus(
      handle,
      ({ phase, evidence }) => phase === 'waiting-for-dns' && evidence !== null,
    );
    const late = `127.0.0.1:${world.simulator.nameServers[1]?.port}`;
    expect(waiting.reason).toContain(late);
    expect(waiting.evidence?.resolvers).toEqual([]);
    expect(writesOf(world)).not.toContain(begin);

    await handle.result();
    const { evidence } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(evidence?.servers.map(({ verdict }) => verdict)).toEqual(['has-value', 'has-value']);
    expect(evidence?.resolvers.map(({ verdict }) => verdict)).toEqual(['has-value', 'has-value']);
  });

  it('reports a dead name server and goes by those that answer', async () => {
    await using world = await createWorld();
    const [, dead] = world.simulator.nameServers;
    await world.startWorker();
    if (dead) dead.mode = 'drop';
    const handle = await world.start(world.input());
    await handle.result();
    const { evidence } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(evidence?.servers.map(({ verdict }) => verdict).toSorted()).toEqual(['has-value', 'unreachable']);
  });

  it('begins verification anyway when it takes too long and the provider confirms the record', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [0, 3600] });
    await world.startWorker();
    const handle = await world.start(world.input({ propagation: { maxSeconds: 0.5 } }));
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
    const { evidence } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(evidence?.servers.map(({ verdict }) => verdict)).toContain('lacks-value');
  });

  it('looks at once on checkNow', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [0, 1] });
    await world.startWorker();
    const handle = await world.start(world.input({ polling: { firstSeconds: 3600, maxSeconds: 3600 } }));
    const isWaiting = async () => await world.waitForStatus(handle, ({ nextCheckAt }) => nextCheckAt !== null);
    const { nextCheckAt } = await isWaiting();
    expect(Date.parse(nextCheckAt ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
    await vi.waitFor(async () => {
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.signal(checkNowSignal);
      expect(status.name).toBe('COMPLETED');
    }, waitOptions);
  });
});

describe('waiting for Cloudflare', () => {
  it('begins verification again after it has failed, and counts it', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    await world.startWorker();
    // The verifier looks once when verification begins; this keeps the value from it the first time.
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagation: { check: 'off' } }));
    await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    for (const server of world.simulator.nameServers) server.mode = 'normal';
    const [connector] = world.simulator.account.connectors.list();
    world.simulator.account.connectors.change(connector?.id ?? '', { status: 'failed' });

    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
    const { verification } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(verification.restarts).toBe(1);
    expect(writesOf(world).filter((call) => call === begin)).toHaveLength(2);
    await world.record(handle, 'verification-restarted');
  });

  it('publishes the TXT value again when somebody has deleted it, as often as it takes', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    await world.startWorker();
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagation: { check: 'off' } }));
    await world.waitForStatus(handle, ({ verification }) => verification.checks > 0);
    const [connector] = world.simulator.account.connectors.list();
    const before = recordsOf(world, connector?.code);
    const [zone] = world.simulator.account.zones.list();
    const record = zone?.records.find(({ content }) => content.includes(connector?.code ?? 'none'));
    const path = `${world.simulator.baseUrl}/zones/${zone?.id}/dns_records/${record?.id}`;
    await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${testToken}` } });

    const status = await world.waitForStatus(handle, ({ verification }) => verification.republished === 1);
    expect(status.txtRecord?.recordId).not.toBe(record?.id);
    for (const server of world.simulator.nameServers) server.mode = 'normal';
    world.simulator.account.connectors.change(connector?.id ?? '', { status: 'verified' });
    await expect(handle.result()).resolves.toMatchObject({
      enabled: true,
      txtRecord: { recordId: status.txtRecord?.recordId },
    });
    expect(recordsOf(world, connector?.code)).toBe(before);
  });

  it('fails when somebody deletes the connector', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    const before = recordsOf(world);
    await world.startWorker();
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagation: { check: 'off' } }));
    await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    const [connector] = world.simulator.account.connectors.list();
    world.simulator.account.connectors.remove(connector?.id ?? '');
    expect(await causeOfUndo(handle)).toMatchObject({ by: 'failure', type: 'ConnectorChanged' });
    expect(recordsOf(world)).toBe(before);
  });

  it('says so, and enables nothing itself, when somebody else enables the connector meanwhile', async () => {
    await using world = await createWorld({ verifier: { everySeconds: 3600, timeoutSeconds: 1_000_000 } });
    await world.startWorker();
    for (const server of world.simulator.nameServers) server.mode = 'servfail';
    const handle = await world.start(world.input({ propagation: { check: 'off' } }));
    await world.waitForStatus(handle, ({ verification }) => verification.begunAt !== null);
    const [connector] = world.simulator.account.connectors.list();
    world.simulator.account.connectors.change(connector?.id ?? '', { status: 'verified', enabled: true });
    await expect(handle.result()).resolves.toMatchObject({ alreadyEnabled: true });
    expect(writesOf(world)).not.toContain(enable);
  });

  it("fails with Cloudflare's own words when the domain is enabled in another account", async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ enabledElsewhere: ['example.com'] });
    await world.startWorker();
    const before = recordsOf(world);
    const cause = await causeOfUndo(await world.start(world.input()));
    expect(cause).toMatchObject({ by: 'failure', type: 'CloudflareRefused' });
    expect(cause.message).toContain('Another SSO connector is enabled for example.com');
    expect(recordsOf(world)).toBe(before);
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });
});

describe('a cancelled run', () => {
  it('takes back what it did, in reverse, and tells so', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] });
    const before = recordsOf(world);
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    await handle.cancel();
    expect(await causeOfUndo(handle)).toEqual({ by: 'cancel', type: 'Cancelled', message: 'the run was cancelled' });
    expect(recordsOf(world)).toBe(before);
    expect(world.simulator.account.connectors.list()).toEqual([]);
    const { timeline } = await world.waitForStatus(handle, ({ phase }) => phase === 'undone');
    expect(timeline.slice(-3).map(({ phase }) => phase)).toEqual(['waiting-for-dns', 'undoing', 'undone']);
    await world.record(handle, 'cancelled-and-undone');
  });
});

it('a run that is cancelled before it has written anything closes as cancelled, also while a call keeps failing', async () => {
  await using world = await createWorld();
  world.simulator.faults.add({ method: 'GET', times: 'forever', when: 'before', fault: { status: 500 } });
  await world.startWorker();
  const handle = await world.start(world.input());
  await vi.waitFor(() => expect(world.simulator.log.list().length).toBeGreaterThan(2), waitOptions);
  await handle.cancel();
  await handle.result().catch(() => null);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});

describe('calls that go wrong', () => {
  it('makes no second connector when the answer to the first create is lost', async () => {
    await using world = await createWorld({ secondConnector: 'allowed' });
    world.simulator.faults.add({ method: 'POST', path: '/accounts/*/sso_connectors', when: 'after', fault: 'reset' });
    await world.startWorker();
    const handle = await world.start(world.input());
    await handle.result();
    expect(world.simulator.account.connectors.list()).toHaveLength(1);
    const { connector } = await world.waitForStatus(handle, ({ phase }) => phase === 'enabled');
    expect(connector?.origin).toBe('created');
  });

  it('makes no second TXT record when the answer to the first is lost', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ method: 'POST', path: '/zones/*/dns_records', when: 'after', fault: 'reset' });
    await world.startWorker();
    const { txtRecord } = await (await world.start(world.input())).result();
    const records = world.simulator.account.zones.list().flatMap((zone) => zone.records);
    expect(records.filter(({ content }) => content === `"${txtRecord?.value}"`)).toMatchObject([
      { id: txtRecord?.recordId },
    ]);
    expect(txtRecord?.preexisting).toBe(false);
  });

  it('waits while a token is rotated in mid-run, and goes on once the right one is there', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [1, 1] });
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    const { tokens } = world.simulator.account;
    world.simulator.account.patch({ tokens: [] });
    await vi.waitFor(async () => {
      const { raw } = await handle.describe();
      expect(raw.pendingActivities?.[0]?.lastFailure?.applicationFailureInfo?.type).toBe('CloudflareUnauthorized');
    }, waitOptions);
    world.simulator.account.patch({ tokens: [...tokens] });
    await expect(handle.result()).resolves.toMatchObject({ enabled: true });
  });

  it('ends at the deadline, with what it was waiting for', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600, 3600] });
    await world.startWorker();
    const handle = await world.start(world.input({ deadlineSeconds: 2 }));
    const cause = await causeOfUndo(handle);
    expect(cause).toMatchObject({ by: 'deadline', type: 'DeadlinePassed' });
    expect(cause.message).toContain('TXT values, not this one');
    expect(world.simulator.account.connectors.list()).toEqual([]);
    await world.record(handle, 'deadline-passed');
  });

  it('ends at the deadline also while a call keeps failing, and names it', async () => {
    await using world = await createWorld();
    world.simulator.faults.add({ method: 'PATCH', times: 'forever', when: 'before', fault: { status: 500 } });
    await world.startWorker();
    const handle = await world.start(world.input({ deadlineSeconds: 3 }));
    await vi.waitFor(async () => {
      const { phase } = await handle.query(statusQuery);
      expect(phase).toBe('undoing');
    }, waitOptions);
    world.simulator.faults.removeAll();
    const cause = await causeOfUndo(handle);
    expect(cause).toMatchObject({ by: 'deadline', type: 'DeadlinePassed' });
    expect(cause.message).toContain('enableConnector was failing');
  });
});

describe('an input that cannot be used fails the run at once, with every problem', () => {
  const good = { accountId: '0123456789abcdef0123456789abcdef', emailDomain: 'example.com' };
  it.each([
    ['nothing at all', null, ['input']],
    ['a text', 'example.com', ['input']],
    ['no account', { emailDomain: 'example.com' }, ['accountId']],
    ['two things wrong', { ...good, accountId: 'x', emailDomain: 'not_a_domain' }, ['accountId', 'emailDomain']],
    ['a public mail domain', { ...good, emailDomain: 'gmail.com' }, ['emailDomain']],
    ['a public suffix', { ...good, emailDomain: 'co.uk' }, ['emailDomain']],
    ['a provider there is not', { ...good, dnsProvider: 'carrier-pigeon' }, ['dnsProvider']],
    [
      'durations that are none',
      { ...good, deadlineSeconds: -1, polling: { growth: 'fast' } },
      ['deadlineSeconds', 'polling.growth'],
    ],
    ['a field of a later day', { ...good, enableOn: '2031-01-01' }, ['input']],
  ])('%s', async (_name, input, subjects) => {
    await using world = await createWorld();
    await world.startWorker();
    const failure = await failureOf(await world.start(input, 'sso/0123456789abcdef0123456789abcdef/example.com'));
    expect(failure.type).toBe('InvalidInput');
    expect(problemsSchema.parse(failure.details).map(({ subject }) => subject)).toEqual(subjects);
    expect(world.simulator.log.list()).toEqual([]);
  });

  it('start options with a time-out by the server, which would skip the undo', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const input = world.input();
    const handle = await world.client.workflow.start('onboardSsoConnector', {
      workflowId: `sso/${input.accountId}/example.com`,
      taskQueue: 'sso-onboarding',
      args: [input],
      workflowExecutionTimeout: '1 hour',
    });
    const failure = await failureOf(handle);
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain('deadlineSeconds');
    expect(world.simulator.log.list()).toEqual([]);
  });

  it('a workflow id that is not the one of its input', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const failure = await failureOf(await world.start(world.input(), 'my-own-id'));
    expect(failure.type).toBe('InvalidInput');
    expect(failure.message).toContain('sso/0123456789abcdef0123456789abcdef/example.com');
    expect(world.simulator.log.list()).toEqual([]);
  });
});

describe('an account that is not ready fails the run before anything is written', () => {
  it('a token that Cloudflare does not know: asked twice, never retried', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ tokens: [{ value: 'another', kind: 'user', status: 'active' }] });
    expect(await problemsOf(world)).toContainEqual(expect.objectContaining({ subject: 'API token' }));
    const verifications = world.simulator.log.list().filter(({ path }) => path.endsWith('/tokens/verify'));
    expect(verifications).toHaveLength(2);
  });

  it("an account-owned token is as good as a user's", async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ tokens: [{ value: testToken, kind: 'account', status: 'active' }] });
    await world.startWorker();
    await expect((await world.start(world.input())).result()).resolves.toMatchObject({ enabled: true });
  });

  it('names each permission that the token lacks', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({
      tokens: [{ value: testToken, kind: 'user', status: 'active', permissions: ['dns:write'] }],
    });
    const remedies = (await problemsOf(world)).map(({ remedy }) => remedy).join('\n');
    for (const permission of [
      'SSO Connector: Edit',
      'Access: Organizations, Identity Providers, and Groups Read',
      'Zone: Read',
    ]) {
      expect(remedies).toContain(permission);
    }
  });

  it('no organization and no zone: both are reported', async () => {
    await using world = await createWorld({ domain: 'example.org' });
    world.simulator.account.patch({ organization: null, zones: [{ name: 'example.com', accountId: 'f'.repeat(32) }] });
    const problems = await problemsOf(world);
    expect(problems.map(({ subject }) => subject)).toEqual(['Zero Trust organization', 'zone example.com']);
    expect(problems.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  it('no identity provider: nobody could log in', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ identityProviders: [] });
    expect(await problemsOf(world)).toMatchObject([{ subject: 'identity provider' }]);
  });

  it.each([
    ['pending', 'full', '"pending"'],
    ['moved', 'full', '"moved"'],
    ['active', 'partial', '"partial"'],
    ['active', 'secondary', '"secondary"'],
  ] as const)('a zone that is %s and %s: its records are not what the world sees', async (status, type, named) => {
    await using world = await createWorld();
    world.simulator.account.patch({ zones: [{ name: 'example.com', status, type }] });
    // Seen from elsewhere the name is served all the same.
    const elsewhere = await startSimulator();
    await using _closing = { [Symbol.asyncDispose]: async () => await elsewhere.close() };
    await world.startWorker({ DNS_NAMESERVERS: elsewhere.environment.DNS_NAMESERVERS });
    const failure = await failureOf(await world.start(world.input()));
    expect(failure).toMatchObject({ type: 'PrerequisitesNotMet', details: [{ subject: 'zone example.com' }] });
    expect(failure.message).toContain(named);
    expect(writesOf(world)).toEqual([]);
  });
});
