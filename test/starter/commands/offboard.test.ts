import { expect, it } from 'vitest';

import { createWorld } from '../../support/onboarding-world.ts';
import { startOffboarding } from '../../workflows/offboarding/offboarding.ts';
import { runStarter } from '../run-starter.ts';

it('offboard --follow shows each step, ends with 0, and status says what became of the domain', async () => {
  await using world = await createWorld();
  await world.startWorker();
  await (await world.start(world.input())).result();
  const { code, stdout, stderr } = await runStarter(world, 'offboard', 'example.com', '--follow', '--yes');
  expect(stderr).toBe('The off-boarding of example.com has been started.\n');
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
    /example\.com is off-boarded \(disable-connector \w+: disabled; delete/u,
  );
  expect(code).toBe(0);
  expect(world.simulator.account.connectors.list()).toEqual([]);
  const { stdout: status } = await runStarter(world, 'status', 'example.com');
  expect(status).toMatch(/^off-boarding +example\.com in account/mu);
  expect(status).toContain('remove-txt-value example.com: done, removed');
});

it('check-now of an off-boarding ends with 1, since it waits for no look, and with 3 once it has ended', async () => {
  await using world = await createWorld();
  const handle = await startOffboarding(world);
  const early = await runStarter(world, 'check-now', 'example.com');
  expect(early.stderr).toBe('Only an onboarding waits for a next look, and this is an off-boarding.\n');
  expect(early).toMatchObject({ code: 1, stdout: '' });
  await world.startWorker();
  await handle.result();
  const late = await runStarter(world, 'check-now', 'example.com');
  expect(late.stderr).toBe(`The off-boarding ${handle.workflowId} has ended already (COMPLETED).\n`);
  expect(late.code).toBe(3);
});

it('offboard says so when an onboarding of the domain is under way, shows both, and ends with 1', async () => {
  await using world = await createWorld();
  await world.start(world.input());
  const { code, stderr } = await runStarter(world, 'offboard', 'example.com', '--yes');
  expect(stderr).toContain('example.com was not started. An onboarding of this domain is under way.');
  expect(code).toBe(1);
  const { stdout } = await runStarter(world, 'list');
  expect(stdout).toContain('example.com');
});
