/** The question before a change to how people sign in, at a terminal and without one. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { requireInstalled } from '../../dns/servers/installed.ts';
import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { keys, startAtTerminal } from '../../support/terminal.ts';
import { runStarter } from '../run-starter.ts';

/** Answers the question, once it is asked, with these keys. */
async function answer(world: World, args: string, typed: string) {
  await using folder = await createFolder();
  const file = join(folder.path, 'stdout');
  const command = `${process.execPath} src/starter.ts ${args} > ${file}`;
  await using starter = startAtTerminal(command, world.environment);
  await vi.waitFor(() => expect(starter.screen).toContain('[y/N] '), waitOptions);
  starter.type(typed);
  const code = await starter.exited;
  return { code, screen: stripVTControlCharacters(starter.screen), stdout: await readFile(file, 'utf8') };
}

async function createFolder() {
  const path = await mkdtemp(join(tmpdir(), 'sso-consent-'));
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) };
}

async function isStarted({ client, accountId }: World): Promise<boolean> {
  const handle = client.workflow.getHandle(`sso/${accountId}/example.com`);
  return await handle.describe().then(
    () => true,
    () => false,
  );
}

describe.concurrent('without a terminal', () => {
  it.each([
    ['start', ['start', 'example.com']],
    ['start that is to be confirmed', ['start', 'example.com', '--confirm-within-seconds', '900', '--json']],
  ])('%s ends with 2, has started nothing, and says what it would do and how to agree', async (_name, args) => {
    await using world = await createWorld();
    const { code, stdout, stderr } = await runStarter(world, ...args);
    expect(stderr).toContain('Nothing was started.');
    expect(stderr).toContain('everybody with an address at example.com signs in');
    expect(stderr).toContain(`the identity provider of account ${world.accountId}`);
    expect(stderr).toContain('add --yes');
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(await isStarted(world)).toBe(false);
  });

  it('start needs no --yes where somebody will be asked before it is enabled', async () => {
    await using world = await createWorld();
    const args = ['start', 'example.com', '--enablement', 'after-approval'];
    expect(await runStarter(world, ...args)).toMatchObject({ code: 0, stderr: '' });
    expect(await isStarted(world)).toBe(true);
  });

  it('approve and, once it may be enabled, cancel end with 2, and --yes agrees', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input({ enablement: 'after-approval', confirmWithinSeconds: 600 }));
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-approval');
    const approve = ['approve', 'example.com', '--by', 'alex', '--reason', 'tested'];
    const refused = await runStarter(world, ...approve);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('Nothing was approved.');
    expect((await world.waitForStatus(handle, () => true)).phase).toBe('waiting-for-approval');

    expect(await runStarter(world, ...approve, '--yes')).toMatchObject({ code: 0 });
    await world.waitForStatus(handle, ({ phase }) => phase === 'waiting-for-confirmation');
    const kept = await runStarter(world, 'cancel', 'example.com');
    expect(kept).toMatchObject({ code: 2, stdout: '' });
    expect(kept.stderr).toContain('Nothing was cancelled.');
    expect(kept.stderr).toContain('without this single sign-on');
    expect((await world.waitForStatus(handle, () => true)).phase).toBe('waiting-for-confirmation');

    expect(await runStarter(world, 'cancel', 'example.com', '--yes')).toMatchObject({ code: 0 });
    await world.waitForStatus(handle, ({ phase }) => phase === 'undone');
    expect(world.simulator.account.connectors.list()).toEqual([]);
  });
});

describe.runIf(requireInstalled('script'))('at a terminal', () => {
  it('yes starts it, with the result alone on standard output; what is running already is joined unasked', async () => {
    await using world = await createWorld();
    const args = 'start example.com --confirm-within-seconds 900';
    const { code, screen, stdout } = await answer(world, args, `y${keys.enter}`);
    expect(screen).toContain('everybody with an address at example.com signs in');
    expect(screen).toContain('disabled again after 15 min unless somebody confirms');
    expect(stdout).toMatch(/^The onboarding of example\.com has been started \(sso\/.*\)\.\n$/u);
    expect(code).toBe(0);

    await using again = startAtTerminal(`${process.execPath} src/starter.ts ${args}`, world.environment);
    expect(await again.exited).toBe(0);
    expect(again.screen).toContain('already running with the same input');
    expect(again.screen).not.toContain('[y/N]');
  });

  describe.concurrent('with any other answer', () => {
    let world: World;
    beforeAll(async () => {
      world = await createWorld();
    });
    afterAll(async () => await world[Symbol.asyncDispose]());

    it.each([
      ['no answer', keys.enter, 2],
      ['n', `n${keys.enter}`, 2],
      ['something else', `yess${keys.enter}`, 2],
      ['the end of the input', keys.ctrlD, 2],
      ['Ctrl-C', keys.ctrlC, 130],
    ])('nothing is started: %s', async (_name, typed, exitCode) => {
      const { code, screen, stdout } = await answer(world, 'start example.com --json', typed);
      expect(screen).toMatch(/\n *Nothing was started\.\r\n$/u);
      expect(stdout).toBe('');
      expect(code).toBe(exitCode);
      expect(await isStarted(world)).toBe(false);
    });

    it('nor when the question could not be seen', async () => {
      const command = `${process.execPath} src/starter.ts start example.com 2>/dev/null`;
      await using starter = startAtTerminal(command, world.environment);
      expect(await starter.exited).toBe(2);
      expect(await isStarted(world)).toBe(false);
    });
  });

  it('cancels without a question while nothing can be enabled yet', async () => {
    await using world = await createWorld();
    await world.start(world.input());
    await using cancel = startAtTerminal(`${process.execPath} src/starter.ts cancel example.com`, world.environment);
    expect(await cancel.exited).toBe(0);
    expect(cancel.screen).not.toContain('[y/N]');
  });
});
