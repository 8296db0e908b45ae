import { describe, expect, it, vi } from 'vitest';

import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { startOffboarding } from '../../workflows/offboarding/offboarding.ts';
import { parseLines } from '../parse-lines.ts';
import { runStarter, startStarter } from '../run-starter.ts';

describe.concurrent('status', () => {
  it('ends with 3 for a domain that was never onboarded', async () => {
    await using world = await createWorld();
    const { code, stderr } = await runStarter(world, 'status', 'example.com');
    expect(stderr).toContain(`sso/${world.accountId}/example.com`);
    expect(code).toBe(3);
  });

  it('answers from the server alone while no worker is up', async () => {
    await using world = await createWorld();
    await world.start(world.input());
    const { code, stdout } = await runStarter(world, 'status', 'example.com');
    expect(stdout).toContain('no worker answered; this is what the server knows');
    expect(code).toBe(0);
  });

  it('knows the phase without a worker', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    const worker = await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    await worker.stop();
    await vi.waitFor(async () => {
      const { stdout } = await runStarter(world, 'status', 'example.com', '--json');
      expect(parseLines(stdout)).toMatchObject([{ state: 'running', phase: 'waiting-for-dns', status: null }]);
    }, waitOptions);
  });

  it('shows an activity that is being retried: attempt, next attempt, last error', async () => {
    await using world = await createWorld(
      {},
      { timings: timingVariables({ retryFirstSeconds: 2, retryMaxSeconds: 9 }) },
    );
    world.simulator.faults.add({ method: 'POST', times: 'forever', when: 'before', fault: { status: 500 } });
    await world.startWorker();
    await runStarter(world, 'start', 'example.com', '--yes');
    await vi.waitFor(async () => {
      const { stdout } = await runStarter(world, 'status', 'example.com');
      expect(stdout).toMatch(
        /activity +createConnector, attempt \d+, next in .*; the previous one failed: Cloudflare POST .*HTTP 500/u,
      );
    }, waitOptions);
  });

  it('says how a closed onboarding ended', async () => {
    await using world = await createWorld();
    await world.startWorker();
    await (await world.start(world.input())).result();
    const { stdout } = await runStarter(world, 'status', 'example.com');
    expect(stdout).toMatch(/^run +completed, started .* ago, ended .* ago$/mu);
    expect(stdout).toMatch(/^result +example\.com is enabled/mu);
  });
});

describe.concurrent('a run', () => {
  it('checks early after check-now, is ended by cancel, which watch reports with 1, and is in the list', async () => {
    const rarely = timingVariables({ pollFirstSeconds: 3000, pollMaxSeconds: 3000 });
    await using world = await createWorld({ nameServerLagSeconds: [3600] }, { timings: rarely });
    await world.startWorker();
    await runStarter(world, 'start', 'example.com', '--yes');
    const handle = world.client.workflow.getHandle(`sso/${world.accountId}/example.com`);
    const first = await world.waitForStatus(
      handle,
      ({ evidence, nextCheckAt }) => evidence !== null && nextCheckAt !== null,
    );

    const requested = await runStarter(world, 'check-now', 'example.com');
    expect(requested).toMatchObject({ code: 0, stdout: 'The onboarding checks now.\n' });
    await world.waitForStatus(handle, ({ evidence }) => evidence?.observedAt !== first.evidence?.observedAt);

    const watching = startStarter(world, 'watch', 'example.com');
    await vi.waitFor(() => expect(watching.stdout).toContain('waiting-for-dns'), waitOptions);
    expect((await runStarter(world, 'cancel', 'example.com')).code).toBe(0);
    expect(await watching.exited).toBe(1);
    expect(watching.stdout).toContain('failed: Undone: the run was cancelled; everything was undone');

    expect((await runStarter(world, 'cancel', 'example.com')).code).toBe(3);
    expect((await runStarter(world, 'check-now', 'example.com')).code).toBe(3);
    const { stdout } = await runStarter(world, 'list', '--json');
    expect(parseLines(stdout)).toMatchObject([{ emailDomain: 'example.com', state: 'failed', phase: 'undone' }]);
  });

  it('that is being undone is not started again, and give-up-undo ends the undo', async () => {
    await using world = await createWorld({ nameServerLagSeconds: [3600] });
    world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
    await world.startWorker();
    const handle = await world.start(world.input());
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
    const early = await runStarter(world, 'give-up-undo', 'example.com', '--by', 'me', '--reason', 'why not');
    expect(early.stderr).toContain('No undo is in progress');
    expect(early.code).toBe(1);

    await runStarter(world, 'cancel', 'example.com');
    await world.waitForStatus(handle, ({ phase }) => phase === 'undoing');
    const again = await runStarter(world, 'start', 'example.com');
    expect(again.stderr).toContain('is being undone');
    expect(again.code).toBe(1);

    const given = await runStarter(world, 'give-up-undo', 'example.com', '--by', 'me', '--reason', 'the zone is gone');
    expect(given.stdout).toContain('remove-txt-value: given up by me: the zone is gone');
    expect(given.code).toBe(0);
    await handle.result().catch(() => null);
    const { stdout } = await runStarter(world, 'status', 'example.com');
    expect(stdout).toContain('delete-connector: left, given up by me: the zone is gone');
  });

  it('of an off-boarding has no next check: check-now ends with 1, and with 3 once the run has ended', async () => {
    await using world = await createWorld();
    const handle = await startOffboarding(world);
    const early = await runStarter(world, 'check-now', 'example.com');
    expect(early.stderr).toBe('Not accepted: Only an onboarding waits for a next check, but this is an off-boarding\n');
    expect(early).toMatchObject({ code: 1, stdout: '' });
    await world.startWorker();
    await handle.result();
    const late = await runStarter(world, 'check-now', 'example.com');
    expect(late.stderr).toBe(`The off-boarding ${handle.workflowId} has ended already (completed).\n`);
    expect(late.code).toBe(3);
  });
});
