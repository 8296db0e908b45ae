import { describe, expect, it } from 'vitest';

import { createWorld } from '../../support/onboarding-world.ts';
import { parseLines } from '../parse-lines.ts';
import { runStarter } from '../run-starter.ts';

describe.concurrent('start', () => {
  it('--follow shows the onboarding line by line until it is enabled', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const { code, stdout, stderr } = await runStarter(world, 'start', 'Example.COM.', '--yes', '--follow');
    expect(code).toBe(0);
    expect(stderr).toBe('The onboarding of example.com has been started.\n');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT\S+ example\.com is enabled \(connector [0-9a-f]{32}\)$/u);
    expect(stdout).not.toContain('\u001b');
  });

  it('with --json writes one object a line, and nothing else, on standard output', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const { code, stdout } = await runStarter(world, 'start', 'example.com', '--yes', '--follow', '--json');
    expect(code).toBe(0);
    const views = parseLines(stdout);
    expect(views.at(-1)).toMatchObject({
      state: 'completed',
      phase: 'enabled',
      emailDomain: 'example.com',
      result: { enabled: true, alreadyEnabled: false },
      failure: null,
    });
  });

  it('ends with 1 when the onboarding fails, with the reason', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ organization: null });
    await world.startWorker();
    const { code, stdout } = await runStarter(world, 'start', 'example.com', '--yes', '--follow');
    expect(code).toBe(1);
    expect(stdout).toContain('PrerequisitesNotMet');
    expect(stdout).toContain('the account has no Zero Trust organization');
  });

  it('joins a run with the same input, and ends with 1 and both inputs when the input differs', async () => {
    await using world = await createWorld();
    const first = await runStarter(world, 'start', 'example.com', '--yes');
    expect(first.stdout).toContain('has been started');
    expect(first.code).toBe(0);

    // The default in words is the same input.
    const again = await runStarter(world, 'start', 'example.com', '--deadline-seconds', '604800');
    expect(again.stdout).toContain('is already running with the same input');
    expect(again.code).toBe(0);

    const other = await runStarter(world, 'start', 'example.com', '--dns-provider', 'manual');
    expect(other.code).toBe(1);
    const [running, requested] = ['running', 'requested'].map((name) => {
      const [, json = ''] = new RegExp(`^ +${name}: +(.*)$`, 'mu').exec(other.stderr) ?? [];
      return JSON.parse(json) as unknown;
    });
    const defaults = {
      accountId: world.accountId,
      emailDomain: 'example.com',
      approval: { remindEverySeconds: 86_400, expireSeconds: 604_800 },
      deadlineSeconds: 604_800,
      enablement: 'automatic',
      propagationCheck: 'authoritative',
    };
    expect(running).toEqual(defaults);
    expect(requested).toEqual({ ...defaults, dnsProvider: 'manual' });
  });

  it('with --json names the workflow, the run and whether it was started', async () => {
    await using world = await createWorld();
    const started = await runStarter(world, 'start', 'example.com', '--yes', '--json');
    const workflowId = `sso/${world.accountId}/example.com`;
    const runId = expect.stringMatching(/^[0-9a-f-]{36}$/u) as unknown;
    expect(JSON.parse(started.stdout)).toEqual({ workflowId, runId, outcome: 'started' });
    const joined = await runStarter(world, 'start', 'example.com', '--yes', '--json');
    expect(joined.stdout).toBe(started.stdout.replace('"started"', '"joined"'));
  });
});

describe.concurrent('offboard', () => {
  it('--follow shows each step, ends with 0, and status says what became of the domain', async () => {
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

  it('says so when an onboarding of the domain is in progress, shows both inputs, and ends with 1', async () => {
    await using world = await createWorld();
    await world.start(world.input());
    const { code, stderr } = await runStarter(world, 'offboard', 'example.com', '--yes');
    expect(stderr).toContain('example.com was not started. An onboarding of this domain is in progress.');
    expect(stderr).toContain('"disablement":"automatic"');
    expect(code).toBe(1);
    const { stdout } = await runStarter(world, 'list');
    expect(stdout).toContain('example.com');
  });
});
