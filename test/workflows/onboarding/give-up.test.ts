import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it, vi } from 'vitest';

import { giveUpUndoUpdate } from '../../../src/contract/handlers.ts';
import type { World } from '../../support/onboarding-world.ts';
import { endingOf, hangsAfter, snapshotOf } from '../endings.ts';
import { waitForUndoing, waitingForDns } from '../stages.ts';
import { atStage, expectUndone, theConnector } from './at-stage.ts';
import { reportOf } from './observations.ts';

/** Until the undo has failed more than twice. */
async function waitForFailures({ simulator }: World, ruleId: string): Promise<void> {
  await vi.waitFor(() => {
    const failures = simulator.log.list().filter(({ fault }) => fault?.ruleId === ruleId);
    expect(failures.length).toBeGreaterThan(2);
  }, hangsAfter);
}

describe.concurrent('giving up an undo', () => {
  const givenUp = { by: 'Ada', reason: 'the zone has moved to another account' };

  async function refusalOf(handle: WorkflowHandle, args: Partial<typeof givenUp>): Promise<string> {
    const error: unknown = await handle.executeUpdate('giveUpUndo', { args: [args] }).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof WorkflowUpdateFailedError)) throw new Error('It was not refused', { cause: error });
    return error.cause?.message ?? '';
  }

  it('is refused while no undo is in progress', async () => {
    await atStage(waitingForDns, async (staged) => {
      expect(await refusalOf(staged.handle, givenUp)).toContain('No undo is in progress');
      await staged.handle.cancel();
      await expectUndone(staged);
    });
  });

  it('is refused without a name or a reason', async () => {
    await atStage(waitingForDns, async ({ world, handle, before }) => {
      world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
      await handle.cancel();
      await waitForUndoing(handle);
      expect(await refusalOf(handle, { reason: 'none' })).toContain('"by"');
      expect(await refusalOf(handle, { by: ' ', reason: 'none' })).toContain('"by"');
      expect(await refusalOf(handle, { by: 'Ada' })).toContain('"reason"');
      world.simulator.faults.removeAll();
      await expectUndone({ world, handle, before });
    });
  });

  it.each([
    ['the record', '/zones/*/dns_records/*', 'remove-txt-value', 'delete-connector'],
    ['the connector', '/accounts/*/sso_connectors/*', 'delete-connector', 'remove-txt-value'],
  ])('ends one that cannot delete %s, and names what is left', async (_what, path, stuck, undone) => {
    await atStage(waitingForDns, async ({ world, handle }) => {
      const { code } = theConnector(world);
      const failing = { times: 'forever', when: 'before', fault: { status: 500 } } as const;
      const ruleId = world.simulator.faults.add({ method: 'DELETE', path, ...failing });
      await handle.cancel();
      await waitForFailures(world, ruleId);
      // A step that keeps failing does not prevent the other.
      await world.waitForStatus(handle, ({ undo }) =>
        undo.steps.some(({ kind, state }) => kind === undone && state === 'undone'),
      );
      const answer = await handle.executeUpdate(giveUpUndoUpdate, { args: [givenUp] });
      const report = reportOf(await endingOf(handle));
      expect(report).toEqual(answer);
      expect(report.givenUp).toEqual(givenUp);
      expect(report.left).toEqual([`${stuck}: given up by ${givenUp.by}: ${givenUp.reason}`]);
      expect(report.undone).toEqual([expect.stringMatching(new RegExp(`^${undone}: `, 'u'))]);
      const { connectors, records } = snapshotOf(world.simulator);
      expect(connectors.map((connector) => connector.code)).toEqual(stuck === 'delete-connector' ? [code] : []);
      expect(records.some(({ content }) => content === `"${code}"`)).toBe(stuck === 'remove-txt-value');
    });
  });
});
