import { describe, expect, it, vi } from 'vitest';

import { createWorld, testToken, waitOptions } from './support/onboarding-world.ts';
import { nowhere, runStarter, startStarter, unconfigured } from './starter/run-starter.ts';

const fast = ['--polling-first-seconds', '0.1', '--polling-max-seconds', '0.5', '--retry-first-seconds', '0.2'];

function parseLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('usage that is wrong ends with 2, says why, and needs no server', () => {
  const account = '0123456789abcdef0123456789abcdef';
  it.each([
    ['no command', [], 'Usage: cloudflare-sso'],
    ['an unknown command', ['onboard', 'example.com'], "unknown command 'onboard'"],
    ['no domain', ['start'], "missing required argument 'domain'"],
    ['an unknown option', ['start', 'example.com', '--force'], "unknown option '--force'"],
    ['a number that is none', ['start', 'example.com', '--deadline-seconds', 'soon'], 'It must be a number.'],
    [
      'a provider there is not',
      ['start', 'example.com', '--dns-provider', 'pigeon'],
      'Allowed choices are auto, cloudflare, rfc2136, route53, manual.',
    ],
    ['not a domain', ['start', 'not_a_domain', '--account', account], 'emailDomain: '],
    ['a public mail domain', ['start', 'gmail.com', '--account', account], 'gmail.com'],
    ['no account', ['start', 'example.com'], 'CLOUDFLARE_ACCOUNT_ID'],
    ['an account that is none', ['start', 'example.com', '--account', 'acme'], '32 hexadecimal characters'],
    [
      'a list of an account that is none',
      ['list', '--account', "' OR SsoAccountId != '"],
      '--account: must be the 32 hexadecimal characters',
    ],
    ['a status of not a domain', ['status', 'not_a_domain', '--account', account], 'not_a_domain'],
  ])('%s', async (_name, args, message) => {
    const { code, stdout, stderr } = await runStarter(nowhere, ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

it('ends with 4 when no server can be reached, and says where it looked', async () => {
  const account = '0123456789abcdef0123456789abcdef';
  const { code, stderr } = await runStarter(nowhere, 'start', 'example.com', '--account', account);
  expect(stderr).toContain('No Temporal server could be reached at 127.0.0.1:1');
  expect(code).toBe(4);
});

describe('--help', () => {
  it('shows the commands, in groups, and the exit codes', async () => {
    const { code, stdout } = await runStarter(unconfigured, '--help');
    expect(code).toBe(0);
    for (const command of ['start', 'status', 'watch', 'check-now', 'cancel', 'list'])
      expect(stdout).toContain(`  ${command} `);
    expect(stdout).toContain('3    no such onboarding');
    expect(stdout.match(/^\S.*:$/gmu)).toEqual([
      'Options:',
      'Onboarding domains:',
      'Answers that an onboarding waits for:',
      'Looking for what is wrong:',
      'About this program:',
      'Exit codes:',
      'Examples:',
    ]);
  });

  it.each([
    [
      'start',
      [
        'How the connector is made and enabled:',
        'Asking and telling people:',
        'Looking at DNS:',
        'Waiting for verification:',
        'Retries and timeouts:',
      ],
    ],
    ['offboard', ['How the connector is disabled:', 'Asking and telling people:', 'Retries and timeouts:']],
  ])('of %s has each option under a heading that holds for it, and none that does nothing', async (command, groups) => {
    const { stdout } = await runStarter(unconfigured, command, '--help');
    expect(stdout.match(/^\S.*:$/gmu)).toEqual(['Options:', ...groups, 'Examples:']);
    const people = stdout.split('Asking and telling people:\n')[1]?.split('\n\n')[0];
    expect(people).toContain('--approval-expire-seconds');
    expect(people).toContain('--callback-url');
    expect(stdout.includes('--polling-')).toBe(command === 'start');
  });

  it('has examples for every command, to be typed as it was called', async () => {
    const { stdout } = await runStarter(unconfigured, '--help');
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) (?:<|\[| )/gmu)].map(([, name]) => name ?? '');
    expect(commands).toContain('approve');
    for (const name of commands.filter((command) => command !== 'help')) {
      const { stdout: help } = await runStarter(unconfigured, name, '--help');
      expect(help.split('\nExamples:\n')[1]).toMatch(new RegExp(`cloudflare-sso ${name}`, 'u'));
      const lines = help.split('\n').slice(0, help.split('\n').indexOf('Examples:'));
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
    const byNpm = await runStarter({ environment: { npm_lifecycle_event: 'starter' } }, 'watch', '--help');
    expect(byNpm.stdout).toContain('Usage: npm run starter -- watch');
    expect(byNpm.stdout).toContain('\n  npm run starter -- watch example.com\n');
    expect(byNpm.stdout).toContain('\n  npm run --silent starter -- watch example.com --json | jq');
  });
});

it('follows an onboarding line by line until it is enabled', async () => {
  await using world = await createWorld();
  await world.startWorker();
  const { code, stdout, stderr } = await runStarter(world, 'start', 'Example.COM.', '--yes', '--follow', ...fast);
  expect(code).toBe(0);
  expect(stderr).toBe('The onboarding of example.com has been started.\n');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT\S+ example\.com is enabled \(connector [0-9a-f]{32}\)$/u);
  expect(stdout).not.toContain('\u001b');
});

it('with --json writes one object a line, and nothing else, on standard output', async () => {
  await using world = await createWorld();
  await world.startWorker();
  const { code, stdout } = await runStarter(world, 'start', 'example.com', '--yes', '--follow', '--json', ...fast);
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

describe('a domain whose onboarding is running already', () => {
  it('is followed when the input is the same, and an error that shows both when it is not', async () => {
    await using world = await createWorld();
    const first = await runStarter(world, 'start', 'example.com', '--yes');
    expect(first.stdout).toContain('has been started');
    expect(first.code).toBe(0);

    const again = await runStarter(world, 'start', 'example.com');
    expect(again.stdout).toContain('is already under way with the same input');
    expect(again.code).toBe(0);

    const other = await runStarter(world, 'start', 'example.com', '--dns-provider', 'manual');
    expect(other.code).toBe(1);
    expect(other.stderr).toContain(`running: {"accountId":"${world.accountId}","emailDomain":"example.com"}`);
    expect(other.stderr).toContain(
      `asked:   {"accountId":"${world.accountId}","emailDomain":"example.com","dnsProvider":"manual"}`,
    );
  });
});

it('start says so when the onboarding is being undone, and give-up-undo ends that', async () => {
  await using world = await createWorld({ nameServerLagSeconds: [3600] });
  world.simulator.faults.add({ method: 'DELETE', times: 'forever', when: 'before', fault: { status: 500 } });
  await world.startWorker();
  const handle = await world.start(world.input());
  await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-dns');
  const early = await runStarter(world, 'give-up-undo', 'example.com', '--by', 'me', '--reason', 'why not');
  expect(early.stderr).toContain('No undo is under way');
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

describe('status', () => {
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
    await using world = await createWorld();
    world.simulator.faults.add({ method: 'POST', times: 'forever', when: 'before', fault: { status: 500 } });
    await world.startWorker();
    await runStarter(world, 'start', 'example.com', '--yes', '--retry-first-seconds', '2');
    await vi.waitFor(async () => {
      const { stdout } = await runStarter(world, 'status', 'example.com');
      expect(stdout).toMatch(
        /doing +createConnector, attempt \d+, next in .*; the last one failed: Cloudflare POST .*HTTP 500/u,
      );
    }, waitOptions);
  });

  it('tells how a closed onboarding ended', async () => {
    await using world = await createWorld();
    await world.startWorker();
    await (await world.start(world.input())).result();
    const { stdout } = await runStarter(world, 'status', 'example.com');
    expect(stdout).toMatch(/^run +completed, started .* ago, ended .* ago$/mu);
    expect(stdout).toMatch(/^result +example\.com is enabled/mu);
  });
});

it('check-now wakes a wait, cancel ends it, watch reports that with 1, and list shows all', async () => {
  await using world = await createWorld({ nameServerLagSeconds: [3600] });
  await world.startWorker();
  const rarely = ['--polling-first-seconds', '3000', '--polling-max-seconds', '3000'];
  await runStarter(world, 'start', 'example.com', '--yes', ...rarely);
  const handle = world.client.workflow.getHandle(`sso/${world.accountId}/example.com`);
  const first = await world.waitForStatus(
    handle,
    ({ evidence, nextCheckAt }) => evidence !== null && nextCheckAt !== null,
  );

  expect(await runStarter(world, 'check-now', 'example.com')).toMatchObject({ code: 0, stdout: 'It looks now.\n' });
  await world.waitForStatus(handle, ({ evidence }) => evidence?.observedAt !== first.evidence?.observedAt);

  await using watching = startStarter(world, 'watch', 'example.com');
  await vi.waitFor(() => expect(watching.stdout).toContain('waiting-for-dns'), waitOptions);
  expect((await runStarter(world, 'cancel', 'example.com')).code).toBe(0);
  expect(await watching.exited).toBe(1);
  expect(watching.stdout).toContain('failed: Undone: the run was cancelled; everything was taken back');

  expect((await runStarter(world, 'cancel', 'example.com')).code).toBe(3);
  expect((await runStarter(world, 'check-now', 'example.com')).code).toBe(3);
  const { stdout } = await runStarter(world, 'list', '--json');
  expect(parseLines(stdout)).toMatchObject([{ emailDomain: 'example.com', state: 'failed', phase: 'undone' }]);
});

it('stops watching on Ctrl-C, and says that the onboarding goes on', async () => {
  await using world = await createWorld();
  await using watching = startStarter(world, 'start', 'example.com', '-y', '--follow');
  await vi.waitFor(() => expect(watching.stdout).toContain('no worker answered'), waitOptions);
  watching.kill('SIGINT');
  expect(await watching.exited).toBe(130);
  expect(watching.stderr).toContain('Whatever was started goes on; "watch" shows it again.');
  expect(watching.stderr).not.toContain(testToken);
});
