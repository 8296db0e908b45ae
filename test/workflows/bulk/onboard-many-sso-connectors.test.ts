import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';

import { viewBulk } from '../../../src/client/bulk-view.ts';
import { approveUpdate } from '../../../src/contract/handlers.ts';
import { workflowIdFor, workflowTypes } from '../../../src/contract/names/ids.ts';
import { bulkLimits } from '../../../src/contract/names/vocabulary.ts';
import {
  addZones,
  bulkOf,
  inputOfRow,
  nameDomains,
  outcomesOf,
  startAnything,
  startBulk,
  waitForBulk,
} from '../../support/bulk-world.ts';
import { startEarlyContinueServer } from '../../support/early-continue-server.ts';
import { failureOf } from '../../support/failure-of.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { countRuns } from '../../support/count-runs.ts';

function enabledDomains({ simulator }: World): string[] {
  const connectors = simulator.account.connectors.list();
  return connectors.flatMap(({ enabled, emailDomain }) => (enabled ? [emailDomain] : [])).toSorted();
}

/** Nothing is verified until the returned function is called. */
function stopVerifying({ simulator }: World): () => void {
  for (const nameServer of simulator.nameServers) nameServer.mode = 'servfail';
  return () => {
    for (const nameServer of simulator.nameServers) nameServer.mode = 'normal';
  };
}

it.concurrent('reports how each row ended: enabled, enabled before, failed, cancelled', async () => {
  await using world = await createWorld();
  const domains = nameDomains(6);
  const [good, before, elsewhere, undelegated, cancelled] = domains;
  addZones(
    world,
    domains.filter((domain) => domain !== undelegated),
  );
  world.simulator.account.patch({ enabledElsewhere: [elsewhere ?? ''] });
  await world.startWorker();
  expect(await (await startBulk(world, bulkOf(world, [before ?? '']))).result()).toMatchObject({
    counts: { enabled: 1 },
  });

  const rows = domains.map((emailDomain) => ({
    emailDomain,
    ...(emailDomain === cancelled ? { enablement: 'after-approval' as const } : {}),
  }));
  const handle = await startBulk(world, bulkOf(world, rows));
  await waitForBulk(handle, ({ counts }) => counts.running === 1 && counts.waiting === 0);
  await world.client.workflow.getHandle(workflowIdFor(world.accountId, cancelled ?? '')).cancel();

  const { rows: reports, counts } = await handle.result();
  expect(counts).toEqual({
    total: 6,
    waiting: 0,
    running: 0,
    enabled: 2,
    'already-enabled': 1,
    failed: 2,
    refused: 0,
    cancelled: 1,
  });
  expect(reports.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(outcomesOf(reports)).toMatchObject({ [good ?? '']: 'enabled', [before ?? '']: 'already-enabled' });
  expect(reports[2]).toMatchObject({ outcome: 'failed', type: 'CloudflareRefused' });
  expect(reports[3]).toMatchObject({ outcome: 'failed', type: 'PrerequisitesNotMet' });
  expect(reports[3]?.message).toContain(undelegated);
  expect(enabledDomains(world)).toHaveLength(3);
});

describe.concurrent('a domain that has a run in progress', () => {
  it('is followed if its input is the same, and refused if its input differs, it is being undone or it is another workflow', async () => {
    await using world = await createWorld();
    const domains = nameDomains(4);
    const [same = '', other = '', undone = '', work = ''] = domains;
    addZones(world, domains);
    const verify = stopVerifying(world);
    await world.startWorker();
    const input = bulkOf(world, domains);
    const [followed, , undoing] = await Promise.all([
      world.start(inputOfRow(input, same)),
      world.start({ ...inputOfRow(input, other), useFedrampLanguage: true }),
      world.start(inputOfRow(input, undone)),
    ]);
    await world.client.workflow.start('something-else', {
      workflowId: workflowIdFor(world.accountId, work),
      taskQueue: 'nobody',
    });
    await world.waitForStatus(undoing, ({ phase }) => phase === 'waiting-for-verification');
    world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
    await undoing.cancel();
    await world.waitForStatus(undoing, ({ phase }) => phase === 'undoing');

    const handle = await startBulk(world, input);
    const { running } = await waitForBulk(handle, ({ counts }) => counts.refused === 3 && counts.running === 1);
    expect(running).toEqual([{ emailDomain: same, workflowId: followed.workflowId }]);
    verify();
    const { rows } = await handle.result();
    expect(rows).toMatchObject([
      { emailDomain: same, outcome: 'enabled' },
      { emailDomain: other, outcome: 'refused', type: 'other-input' },
      { emailDomain: undone, outcome: 'refused', type: 'being-undone' },
      { emailDomain: work, outcome: 'refused', type: 'other-workflow' },
    ]);
    expect(rows[3]?.message).toBe(
      `Another workflow is running under the workflow id of this domain (sso/${world.accountId}/${work})`,
    );
    // Each of the three onboardings was started by hand.
    expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(3);
  });
});

it.concurrent('cancelled, it starts no more, what it has started goes on, and the same list again does what is missing', async () => {
  await using world = await createWorld();
  const domains = nameDomains(4);
  addZones(world, domains);
  const verify = stopVerifying(world);
  await world.startWorker();
  const input = bulkOf(world, domains, { concurrency: 2 });
  const handle = await startBulk(world, input);
  await waitForBulk(handle, ({ counts }) => counts.running === 2);
  await handle.cancel();
  expect(await failureOf(handle)).toBeInstanceOf(CancelledFailure);
  expect((await waitForBulk(handle, () => true)).counts).toMatchObject({ running: 2, waiting: 2 });
  expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(2);

  // The two that went on are followed; the other two wait their turn.
  const again = await startBulk(world, input);
  await waitForBulk(again, ({ counts }) => counts.running === 2);
  verify();
  await expect(again.result()).resolves.toMatchObject({ counts: { total: 4, enabled: 4 } });
  expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(4);
});

it.concurrent('the same list, once it has ended, does what is missing and nothing else', async () => {
  await using world = await createWorld();
  const domains = nameDomains(3);
  const [one = '', two = '', late = ''] = domains;
  addZones(world, [one, two]);
  await world.startWorker();
  const first = await (await startBulk(world, bulkOf(world, domains))).result();
  expect(outcomesOf(first.rows)).toEqual({ [one]: 'enabled', [two]: 'enabled', [late]: 'failed' });

  addZones(world, [late]);
  // In another order and spelling, it is the same list.
  const again = await (await startBulk(world, bulkOf(world, [late, one, two]))).result();
  expect(outcomesOf(again.rows)).toEqual({ [one]: 'already-enabled', [two]: 'already-enabled', [late]: 'enabled' });
  expect(enabledDomains(world)).toEqual(domains);
  expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(4);
});

describe.concurrent('whoever starts it, nothing is started', () => {
  it.each([
    [
      'of rows that are wrong',
      { rows: [{ emailDomain: 'gmail.com' }, { emailDomain: 'a b' }] },
      'rows.1, emailDomain: ',
    ],
    [
      'of a domain that is there twice',
      { rows: [{ emailDomain: 'a.com' }, { emailDomain: 'A.com.' }] },
      'in rows.0 already',
    ],
    ['of no rows', { rows: [] }, 'rows: must have at least one row'],
    ['of what is no list', { rows: 'a.com' }, 'rows: '],
    ['when call-backs may not go where it says', { options: { callbackUrl: 'https://a.com' } }, 'sends no call-backs'],
    ['with more at a time than is allowed', { concurrency: 51 }, 'concurrency: '],
  ])('%s', async (_name, changes, message) => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await startAnything(world, { ...bulkOf(world, ['example.com']), ...changes });
    const failure = await failureOf(handle);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'InvalidInput' });
    expect(String(failure)).toContain(message);
    expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(0);
  });

  it('under an id of another account', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await startAnything(world, bulkOf(world, ['example.com']), `sso-bulk/${'f'.repeat(32)}/1`);
    expect(String(await failureOf(handle))).toContain(`sso-bulk/${world.accountId}/<key>`);
  });

  it('with a token that may not read the connectors', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ tokens: [] });
    await world.startWorker();
    const failure = await failureOf(await startBulk(world, bulkOf(world, ['example.com'])));
    expect(failure).toMatchObject({ type: 'PrerequisitesNotMet' });
    expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(0);
  });
});

it.concurrent('as many rows as there may be, each as long as it may be, end at once when all are enabled already', async () => {
  await using world = await createWorld();
  const { connectors } = world.simulator.account;
  const domains = nameDomains(bulkLimits.rows, `${'l'.repeat(63)}.company`);
  for (const emailDomain of domains) {
    const { id } = connectors.create({ emailDomain, beginVerification: false, useFedrampLanguage: false });
    connectors.change(id, { status: 'verified', enabled: true });
  }
  await world.startWorker();
  const handle = await startBulk(world, bulkOf(world, domains));
  const { counts, rows } = await handle.result();
  expect(counts).toMatchObject({ 'already-enabled': bulkLimits.rows, waiting: 0 });
  expect(rows).toHaveLength(bulkLimits.rows);
  expect((await waitForBulk(handle, () => true)).finished).toHaveLength(bulkLimits.rows);
});

/** The server suggests continue-as-new from here on; its own default is 4,096. */
const suggestedEvents = 60;
/** What the running rows can add before the run ends. */
const slack = 40;

it.concurrent('continues as new with running rows, starts none of them again, and its history does not grow with the rows', async () => {
  await using server = await startEarlyContinueServer(suggestedEvents);
  await using world = await createWorld({ secondConnector: 'allowed' }, { address: server.address });
  const domains = nameDomains(24);
  addZones(world, domains);
  await world.startWorker();
  // Two of them wait for a human from the first run to the last.
  const waiting = new Set(domains.slice(0, 2));
  const rows = domains.map((emailDomain) => ({
    emailDomain,
    ...(waiting.has(emailDomain) ? { enablement: 'after-approval' as const } : {}),
  }));
  const handle = await startBulk(world, bulkOf(world, rows, { concurrency: 6 }));
  const status = await waitForBulk(handle, ({ counts }) => counts.enabled === domains.length - waiting.size);
  expect(status.running.map(({ emailDomain }) => emailDomain).toSorted()).toEqual([...waiting]);
  for (const domain of waiting) {
    const run = world.client.workflow.getHandle(workflowIdFor(world.accountId, domain));
    await run.executeUpdate(approveUpdate, { args: [{ by: 'alex', reason: 'tested' }] });
  }
  const { counts, rows: reports } = await handle.result();
  expect(counts).toMatchObject({ total: domains.length, enabled: domains.length });
  expect(reports.map(({ emailDomain }) => emailDomain)).toEqual(domains);
  const created = world.simulator.log
    .list()
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/sso_connectors'));
  expect(created).toHaveLength(domains.length);

  // The first run started, not the last.
  const view = await viewBulk(world.client, handle.workflowId);
  expect(view?.startedAt).toBe(status.startedAt);
  const { startTime } = await world.client.workflow.getHandle(handle.workflowId).describe();
  expect(Date.parse(status.startedAt)).toBeLessThan(startTime.getTime());

  const lengths: number[] = [];
  for await (const { runId } of world.client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) {
    const { events } = await world.client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
    lengths.push(events?.length ?? 0);
  }
  console.log(`${domains.length} rows in ${lengths.length} runs of ${lengths.join(', ')} events`);
  expect(lengths.length).toBeGreaterThanOrEqual(3);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(suggestedEvents + slack);
});
