import { setTimeout as delay } from 'node:timers/promises';

import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';

import { putDriftSchedule, readDriftSchedule } from '../../../src/client/drift-schedule.ts';
import { readLastCheck } from '../../../src/client/drift.ts';
import { addConnector, connectorOf, onboardAll, removeTxt, startDriftCheck } from '../../support/drift-world.ts';
import { createWorld, testToken, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { startReceiver, writeSecrets } from '../../support/call-back-receiver.ts';
import { newSecret } from '../../support/new-secret.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { runStarter, startStarter, unreachable } from '../run-starter.ts';

/** Its worker has time for name servers on a busy machine. */
async function createDriftWorld(): Promise<World> {
  return await createWorld({}, { timings: timingVariables({ attemptSeconds: 60, heartbeatSeconds: 20 }) });
}

async function starter(world: World, ...args: string[]) {
  const outcome = await runStarter(world, ...args);
  expect(outcome.stdout + outcome.stderr).not.toContain(testToken);
  return outcome;
}

/** The screen, without the ids, values and times that differ from run to run. */
function plain(stdout: string): string {
  return stdout
    .replaceAll(/\b[0-9a-f]{32}\b/gu, 'id')
    .replaceAll(/cloudflare_dashboard_sso=[\w-]+/gu, 'value')
    .replaceAll(/\d{4}-\d\d-\d\dT\S+Z, [\d.]+ \w+(?: \d+ \w+)? ago/gu, 'time, # ago')
    .replaceAll(/\d{4}-\d\d-\d\dT\S+Z/gu, 'time')
    .replaceAll(/127\.0\.0\.1:\d+/gu, '127.0.0.1:#')
    .replaceAll(/ {2,}(?=\S)/gu, '  ');
}

const account = '0123456789abcdef0123456789abcdef';

describe('usage that is wrong ends with 2, says why, and needs no server', () => {
  it.each([
    ['no account', ['drift'], 'CLOUDFLARE_ACCOUNT_ID'],
    ['an account that is none', ['drift', '--account', 'acme'], '32 hexadecimal characters'],
    ['a repair of what is only shown', ['drift', '--last', '--repair', '--account', account], 'leave out --repair'],
    ['a number that is none', ['drift-schedule', '--every', 'day'], 'It must be a number of seconds'],
    ['a URL that is none', ['drift-schedule', '--callback-url', 'itsm', '--account', account], 'callbackUrl: '],
    ['… and what to do about it', ['drift-schedule', '--every', '--account', 'acme'], '→ correct the input'],
    ['a deletion with settings', ['drift-schedule', '--off', '--every', '60', '--account', account], '--off deletes'],
  ])('%s', async (_name, args, message) => {
    const { code, stdout, stderr } = await runStarter(unreachable, ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

// A snapshot in a concurrent test needs the `expect` of that test.
describe.concurrent('drift', () => {
  it('ends with 0 when nothing has drifted, and with 1 when something has, repaired or not', async ({
    expect: expectInTest,
  }) => {
    await using world = await createDriftWorld();
    const { simulator } = world;
    await world.startWorker();
    await onboardAll(world, ['example.com', 'example.org', 'example.net']);
    const fine = await starter(world, 'drift');
    expectInTest(`\n${plain(fine.stdout)}`).toMatchInlineSnapshot(`
      "
      account  id
      checked  time, # ago
      domains  3 should be enabled: 3 healthy, 0 drifted

      Nothing has drifted.
      "
    `);
    expect(fine.code).toBe(0);

    simulator.account.connectors.change(connectorOf(simulator, 'example.org').id, { enabled: false });
    removeTxt(simulator, 'example.com');
    addConnector(simulator, 'byhand.com', { enabled: true });
    const drifted = await starter(world, 'drift', '--repair');
    expectInTest(`\n${plain(drifted.stdout)}`).toMatchInlineSnapshot(`
      "
      account  id
      checked  time, # ago
      domains  3 should be enabled: 1 healthy, 2 drifted

      unknown-connector  byhand.com  the connector id is enabled, and no onboarding is recorded
        → onboard the domain, which finds it enabled and records it; or disable it if it was a mistake
      txt-missing  example.com  the TXT value: no authoritative server has it: 127.0.0.1:#, 127.0.0.1:#: 16 TXT values, not this one
        ✓ published again; find out who removed it
      disabled  example.org  its connector id is not enabled
        → if that was a mistake, onboard the domain again; if not, off-board it

      Drift: 1 disabled, 1 txt-missing, 1 unknown-connector; 1 repaired.
      "
    `);
    expect(drifted.stderr).toBe('Checking …\n');
    expect(drifted.code).toBe(1);

    const again = await starter(world, 'drift', '--json');
    const report: unknown = JSON.parse(again.stdout);
    expect(report).toMatchObject({ drifted: 1, counts: { disabled: 1, 'txt-missing': 0, 'unknown-connector': 1 } });
    expect(again.code).toBe(1);
  });

  it('ends with 1 when it could not check, and says why', async () => {
    await using world = await createDriftWorld();
    world.simulator.account.patch({ tokens: [] });
    await world.startWorker();
    const { code, stdout } = await starter(world, 'drift');
    expect(stdout).toContain("the account's connectors could not be read");
    expect(stdout).toContain('No drift was found, but not everything could be checked.');
    expect(code).toBe(1);
  });

  it('joins a check in progress, and waits for the end of one that does less than it should', async () => {
    await using world = await createDriftWorld();
    // It does nothing yet: no worker is up.
    const running = await startDriftCheck(world);
    const joining = startStarter(world, 'drift', '--json');
    const repairing = startStarter(world, 'drift', '--repair');
    await vi.waitFor(() => expect(joining.stderr).toContain('running already'), waitOptions);
    await vi.waitFor(() => expect(repairing.stderr).toContain('does not repair is running'), waitOptions);
    await world.startWorker();
    expect(await joining.exited).toBe(0);
    expect(JSON.parse(joining.stdout)).toEqual(await running.result());
    expect(await repairing.exited).toBe(0);
    expect(repairing.stderr).toContain('Checking …\n');
  });
});

describe.concurrent('a Schedule', () => {
  it('is created, starts checks by itself, is shown with its last result, changed and deleted', async ({
    expect: expectInTest,
  }) => {
    await using world = await createDriftWorld();
    await world.startWorker();
    expect(await starter(world, 'drift-schedule')).toMatchObject({ code: 3 });
    expect(await starter(world, 'drift', '--last')).toMatchObject({ code: 3 });
    const made = await starter(world, 'drift-schedule', '--every', '1');
    expect(plain(made.stdout)).toBe(
      'Created: a drift check of the account id every 1 s. The first one starts now; "drift --last" shows its result.\n',
    );

    // The first was asked for; the others came by themselves.
    await vi.waitFor(async () => {
      const { recent = [] } = (await readDriftSchedule(world.client, world.accountId)) ?? {};
      expect(recent.length).toBeGreaterThan(2);
      expect(await readLastCheck(world.client, world.accountId)).toMatchObject({ kind: 'done' });
    }, waitOptions);
    const changed = await starter(world, 'drift-schedule', '--every', '--repair');
    expect(changed.stdout).toContain('Changed: a drift check of the account');
    const shown = await starter(world, 'drift-schedule');
    expectInTest(`\n${plain(shown.stdout)}`).toMatchInlineSnapshot(`
      "
      schedule  sso-drift/id
      checks  every 1 d, with repair
      last  time, # ago
      next  time
      note  Set by "drift-schedule", which also changes and deletes it
      "
    `);

    const last = await starter(world, 'drift', '--last');
    expect(last.stdout).toContain('Nothing has drifted.');
    expect(last.stderr).toBe('');
    expect(last.code).toBe(0);

    // A first check would be skipped while another one is running.
    await vi.waitFor(async () => {
      const { info } = await world.client.schedule.getHandle(`sso-drift/${world.accountId}`).describe();
      expect(info.runningActions).toEqual([]);
    }, waitOptions);
    await starter(world, 'drift-schedule', '--callback-url', 'https://elsewhere.example.com/');
    await vi.waitFor(async () => {
      expect(await readLastCheck(world.client, world.accountId)).toMatchObject({ kind: 'failed' });
    }, waitOptions);
    const failed = await starter(world, 'drift', '--last');
    expect(failed.stderr).toContain('this worker sends no call-backs');
    expect(failed.code).toBe(1);
    expect(await starter(world, 'drift-schedule', '--off')).toMatchObject({ code: 0 });
    expect(await starter(world, 'drift-schedule', '--off')).toMatchObject({ code: 3 });
  });

  it('sends an event after each check that found something, and once when nothing is found any more', async () => {
    const secret = newSecret();
    await using file = await writeSecrets([secret]);
    await using receiver = await startReceiver([204]);
    await using world = await createDriftWorld();
    const { simulator, client, accountId } = world;
    await world.startWorker({ CALLBACK_ORIGINS: receiver.origin, CALLBACK_SECRETS_FILE: file.path });
    await onboardAll(world, ['example.com']);
    const { id } = connectorOf(simulator, 'example.com');
    simulator.account.connectors.change(id, { enabled: false });

    await putDriftSchedule(client, { accountId, callbackUrl: `${receiver.origin}/drift` }, 86_400);
    const schedule = client.schedule.getHandle(`sso-drift/${accountId}`);
    // The server names a check by the second in which it started it.
    const trigger = async () => {
      await delay(1100);
      await schedule.trigger('SKIP');
    };
    const waitForChecks = async (count: number) =>
      await vi.waitFor(async () => {
        const { recentActions, runningActions } = (await schedule.describe()).info;
        expect([recentActions.length, runningActions.length]).toEqual([count, 0]);
      }, waitOptions);
    await waitForChecks(1);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), waitOptions);
    simulator.account.connectors.change(id, { enabled: true });
    for (const count of [2, 3]) {
      await trigger();
      await waitForChecks(count);
    }
    simulator.account.connectors.change(id, { enabled: false });
    await trigger();
    await waitForChecks(4);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), waitOptions);

    const events = receiver.received.map(({ headers, body }): unknown => {
      const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      expect(flat['webhook-id']).toMatch(/^sso-call-back\/[0-9a-f-]{36}\/drift$/u);
      return new Webhook(secret).verify(body, flat);
    });
    const found = { drifted: 1, findings: [{ emailDomain: 'example.com', kind: 'disabled' }] };
    const over = { drifted: 0, healthy: 1, findings: [] };
    expect(events).toMatchObject([found, over, found].map((data) => ({ type: 'account.drift', data })));
  });
});
