import { describe, expect, it } from 'vitest';

import { createWorld } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { runStarter, unconfigured } from '../run-starter.ts';

async function say(world: World, answer: string, by: string, reason: string, ...more: string[]) {
  return await runStarter(world, answer, 'Example.com', '--by', by, '--reason', reason, ...more);
}

async function statusOf(world: World): Promise<string> {
  const { stdout } = await runStarter(world, 'status', 'example.com');
  return stdout;
}

describe.concurrent('an answer', () => {
  it('approve and confirm are recorded with who and why; an answer that the run does not wait for ends with 1, one after its end with 3', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval', confirmWithinSeconds: 600 }));
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    const early = await say(world, 'confirm', 'alex', 'I could sign in');
    expect(early.stderr).toBe(
      'Not accepted: The onboarding does not wait for confirmation: it is in the phase waiting-for-approval\n',
    );
    expect(early).toMatchObject({ code: 1, stdout: '' });

    expect(await say(world, 'approve', 'alex', 'the identity provider has been tested', '--yes')).toEqual({
      code: 0,
      stdout: 'Approved. The connector is being enabled; "watch" shows how the run ends.\n',
      stderr: '',
    });
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
    const late = await say(world, 'reject', 'kim', 'not before the weekend');
    expect(late.stderr).toContain('Not accepted: The run does not wait for approval');
    expect(late.code).toBe(1);

    const confirmed = await say(world, 'confirm', 'sam', 'I could sign in', '--json');
    expect(JSON.parse(confirmed.stdout)).toEqual({ workflowId: handle.workflowId, outcome: 'recorded' });
    expect(confirmed).toMatchObject({ code: 0, stderr: '' });
    expect(await handle.result()).toMatchObject({ enabled: true });
    const status = await statusOf(world);
    expect(status).toMatch(/^approval +approved by alex at \S+: the identity provider has been tested$/mu);
    expect(status).toMatch(/^confirmation +confirmed by sam at \S+: I could sign in$/mu);

    const ended = await say(world, 'approve', 'alex', 'once more');
    expect(ended.stderr).toBe(`The onboarding ${handle.workflowId} has ended already (completed).\n`);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
  });

  it('reject is recorded with who and why, and everything is undone', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval' }));
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    expect(await say(world, 'reject', 'kim', 'not before the weekend')).toEqual({
      code: 0,
      stdout: 'Rejected. The onboarding undoes what it did; "watch" shows how it ends.\n',
      stderr: '',
    });
    await handle.result().catch(() => null);
    const status = await statusOf(world);
    expect(status).toMatch(/^approval +rejected by kim at \S+: not before the weekend$/mu);
    expect(status).toMatch(/^failure +Undone: Rejected by kim: not before the weekend; everything was undone \(/mu);
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });

  it('an answer that no worker accepts is reported as not recorded, with 4', async () => {
    await using world = await createWorld();
    const handle = await world.start(world.input({ enablement: 'after-approval' }));
    expect(await say(world, 'approve', 'alex', 'tested', '--yes')).toEqual({
      code: 4,
      stdout: '',
      stderr: 'Not recorded: no worker accepted it in time. Start a worker and try again.\n',
    });
    await world.startWorker();
    const { approval } = await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    expect(approval?.answer).toBeNull();
  });
});

it('who and why cannot be left out', async () => {
  const account = ['--account', '0123456789abcdef0123456789abcdef'];
  const nobody = await runStarter(unconfigured, 'approve', 'example.com', '--reason', 'tested', ...account);
  expect(nobody.stderr).toContain("required option '--by <who>' not specified");
  expect(nobody.code).toBe(2);
});
