/** Approval before enabling, and confirmation after it. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';

import { approveUpdate, confirmUpdate, rejectUpdate } from '../../../src/contract/handlers.ts';
import type { Answer } from '../../../src/contract/schemas/answers.ts';
import type { OnboardingInput } from '../../../src/contract/schemas/onboarding-input.ts';
import { sendAnswer } from '../../../src/client/run-operations.ts';
import { whatEnablingMeans } from '../../../src/messages/sign-in-change.ts';
import { createWorld, testToken } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { endingOf, expectAsFound, hangsAfter, snapshotOf } from '../endings.ts';

const yes = { by: 'alex', reason: 'the identity provider has been tested' };
const no = { by: 'kim', reason: 'not before the weekend' };

async function startWaitingForApproval(world: World, changes: Partial<OnboardingInput> = {}) {
  await world.startWorker();
  const handle = await world.start(world.input({ enablement: 'after-approval', ...changes }));
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
  return handle;
}

async function startWaitingForConfirmation(world: World, confirmWithinSeconds: number) {
  await world.startWorker();
  const handle = await world.start(world.input({ confirmWithinSeconds }));
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
  return handle;
}

function isEnabled({ simulator }: World): boolean[] {
  return simulator.account.connectors.list().map(({ enabled }) => enabled);
}

/** Why the run rejected the update. */
async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error: unknown = await update.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowUpdateFailedError) return error.cause?.message ?? error.message;
  throw new Error('The update was accepted', { cause: error });
}

const approve = async (handle: WorkflowHandle) => await handle.executeUpdate(approveUpdate, { args: [yes] });
const reject = async (handle: WorkflowHandle) => await handle.executeUpdate(rejectUpdate, { args: [no] });
const confirm = async (handle: WorkflowHandle) => await handle.executeUpdate(confirmUpdate, { args: [yes] });

describe.concurrent('a run that asks for approval', () => {
  it('says what will happen to whom, and enables once somebody approves, recorded with who and why', async () => {
    await using world = await createWorld();
    const handle = await startWaitingForApproval(world);
    expect(isEnabled(world)).toEqual([false]);
    const { reason, deadlineAt } = await world.waitForStatus(handle, () => true);
    expect(reason).toContain('approve enabling example.com, which takes effect at once');
    expect(reason).toContain(whatEnablingMeans('example.com', world.accountId));

    expect(await approve(handle)).toMatchObject({ answer: { kind: 'approved', ...yes } });
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
    const after = await world.waitForStatus(handle, () => true);
    expect(after.approval).toMatchObject({ answer: { kind: 'approved', ...yes } });
    // The time it took extends the deadline.
    expect(Date.parse(after.deadlineAt ?? '')).toBeGreaterThan(Date.parse(deadlineAt ?? ''));
  });

  it('undoes everything when somebody rejects', async () => {
    await using world = await createWorld();
    const before = snapshotOf(world.simulator);
    const handle = await startWaitingForApproval(world);
    await reject(handle);
    expect(await endingOf(handle)).toMatchObject({
      kind: 'undone',
      report: { cause: { type: 'ApprovalRejected', message: `Rejected by kim: ${no.reason}` }, left: [] },
    });
    expectAsFound(world.simulator, before);
  });

  it('reminds as often as the input says, and undoes everything when nobody answers in time', async () => {
    await using world = await createWorld();
    const before = snapshotOf(world.simulator);
    const approval = { remindEverySeconds: 0.2, expireSeconds: 3 };
    const handle = await startWaitingForApproval(world, { approval });
    expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { cause: { type: 'ApprovalExpired' } } });
    const { approval: asked } = await world.waitForStatus(handle, () => true);
    expect(asked?.answer).toBeNull();
    // How many fit in depends on the machine; without an end of it they would be more than there is time for.
    expect(asked?.reminders).toBeGreaterThan(0);
    expect(asked?.reminders).toBeLessThan(15);
    expectAsFound(world.simulator, before);
  });

  it('accepts one answer when somebody approves and somebody rejects at once, and rejects the other', async () => {
    await using world = await createWorld();
    const handle = await startWaitingForApproval(world);
    const [approved, rejected] = await Promise.allSettled([approve(handle), reject(handle)]);
    expect([approved.status, rejected.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    const { kind } = await endingOf(handle);
    expect(kind).toBe(approved.status === 'fulfilled' ? 'enabled' : 'undone');
    expect(isEnabled(world)).toEqual(approved.status === 'fulfilled' ? [true] : []);
  });

  it('rejects an answer that was not requested, one without a name, and one without a reason', async () => {
    await using world = await createWorld();
    const handle = await startWaitingForApproval(world);
    const nameless = handle.executeUpdate(approveUpdate, { args: [{ by: ' ', reason: 'because' }] });
    expect(await refusalOf(nameless)).toContain('"by"');
    const groundless = handle.executeUpdate(rejectUpdate, { args: [{ by: 'alex', reason: '' }] });
    expect(await refusalOf(groundless)).toContain('"reason"');
    expect(await refusalOf(confirm(handle))).toContain('waiting-for-approval');
    await approve(handle);
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
  });

  it('does not accept an answer that arrives after its sender got the outcome not-recorded', async () => {
    await using world = await createWorld();
    const worker = await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval' }));
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    await worker.stop();
    expect(await sendAnswer(world.client, handle, approveUpdate, yes)).toEqual({ kind: 'not-recorded' });
    await world.startWorker();
    // Whatever the server kept of it has been delivered before this one.
    expect(await sendAnswer(world.client, handle, rejectUpdate, no)).toMatchObject({ kind: 'recorded' });
    expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { cause: { type: 'ApprovalRejected' } } });
  });

  it('does not accept an answer for another run, or one that arrives too late', async () => {
    await using world = await createWorld();
    const handle = await startWaitingForApproval(world);
    const answer = async (more: Partial<Answer>) =>
      await refusalOf(handle.executeUpdate(approveUpdate, { args: [{ ...yes, ...more }] }));
    expect(await answer({ runId: 'one-of-last-year' })).toContain('The answer is for the run one-of-last-year');
    expect(await answer({ notAfter: '2026-01-01T00:00:00.000Z' })).toContain('The answer was valid until 2026-01-01');
    const runId = handle.firstExecutionRunId;
    await handle.executeUpdate(approveUpdate, { args: [{ ...yes, runId }] });
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
  });

  it('asks nobody about a connector that somebody else enabled', async () => {
    await using world = await createWorld();
    const { account } = world.simulator;
    const connector = account.connectors.create({
      emailDomain: 'example.com',
      useFedrampLanguage: false,
      beginVerification: true,
    });
    account.connectors.change(connector.id, { status: 'verified', enabled: true });
    await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval', confirmWithinSeconds: 60 }));
    expect(await handle.result()).toMatchObject({ alreadyEnabled: true });
  });
});

describe.concurrent('a run that is to be confirmed', () => {
  it('stays enabled once somebody confirms that they can sign in', async () => {
    await using world = await createWorld();
    const handle = await startWaitingForConfirmation(world, 600);
    expect(isEnabled(world)).toEqual([true]);
    const { reason } = await world.waitForStatus(handle, () => true);
    expect(reason).toContain('If no worker is running then, disable it with: ');
    expect(reason).toContain('--data \'{"enabled":false}\'');
    expect(reason).not.toContain(testToken);
    await confirm(handle);
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
    expect(isEnabled(world)).toEqual([true]);
  });

  it('is disabled again when nobody does, and keeps its connector and TXT value for another onboarding', async () => {
    await using world = await createWorld();
    const handle = await startWaitingForConfirmation(world, 1);
    const ending = await endingOf(handle);
    expect(ending).toMatchObject({ kind: 'undone', report: { cause: { type: 'NotConfirmed' } } });
    if (ending.kind !== 'undone') return;
    expect(ending.report.undone).toEqual([expect.stringMatching(/^disable-connector: /u)]);
    expect(ending.report.left.toSorted()).toEqual([
      'delete-connector: kept for another onboarding',
      'remove-txt-value: kept for another onboarding',
    ]);
    expect(isEnabled(world)).toEqual([false]);

    const again = await world.start(world.input());
    expect(await again.result()).toMatchObject({ alreadyEnabled: false });
    expect(isEnabled(world)).toEqual([true]);
  });

  it('undoes everything when it is cancelled meanwhile', async () => {
    await using world = await createWorld();
    const before = snapshotOf(world.simulator);
    const handle = await startWaitingForConfirmation(world, 600);
    await handle.cancel();
    expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { cause: { by: 'cancel' }, left: [] } });
    expectAsFound(world.simulator, before);
  });

  it('is disabled once a worker is up again, when none was when the time ran out', async () => {
    await using world = await createWorld();
    const worker = await world.startWorker();
    const handle = await world.start(world.input({ confirmWithinSeconds: 2 }));
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
    await worker.stop();
    await vi.waitFor(async () => {
      const { events } = await handle.fetchHistory();
      const last = events?.at(-1);
      // The timer has fired, and its task waits for a worker.
      expect(last?.workflowTaskScheduledEventAttributes).toBeDefined();
      expect(events?.some(({ timerFiredEventAttributes: fired }, index) => fired && index > events.length - 4)).toBe(
        true,
      );
    }, hangsAfter);
    expect(isEnabled(world)).toEqual([true]);
    await world.startWorker();
    expect(await endingOf(handle)).toMatchObject({ kind: 'undone', report: { cause: { type: 'NotConfirmed' } } });
    expect(isEnabled(world)).toEqual([false]);
  });

  it('is not enabled with a token that would not outlive the window, until there is a better one', async () => {
    await using world = await createWorld();
    const { account } = world.simulator;
    const token = { value: testToken, kind: 'user', status: 'active' } as const;
    const expiresOn = new Date(Date.now() + 3_600_000).toISOString();
    account.patch({ tokens: [{ ...token, expiresOn }] });
    await world.startWorker();
    const handle = await world.start(world.input({ confirmWithinSeconds: 60 }));
    await vi.waitFor(async () => {
      const [pending] = (await handle.describe()).raw.pendingActivities ?? [];
      expect(pending?.lastFailure?.message).toContain(expiresOn);
    }, hangsAfter);
    expect(isEnabled(world)).toEqual([false]);
    account.patch({ tokens: [token] });
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
    await confirm(handle);
    expect(await endingOf(handle)).toEqual({ kind: 'enabled' });
  });
});
