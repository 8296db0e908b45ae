/** Completion as a shell requests it, and in a real bash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, vi } from 'vitest';

import { findExecutable, requireInstalled } from '../../dns/servers/installed.ts';
import { waitOptions } from '../../support/onboarding-world.ts';
import { keys, startAtTerminal } from '../../support/terminal.ts';
import { runStarter, runStarterProcess, unconfigured } from '../run-starter.ts';

const bin = fileURLToPath(new URL('../../../bin', import.meta.url));

/** What the words so far may be completed with. Nothing is configured, and no server is up. */
async function complete(...words: string[]): Promise<string[]> {
  // The library writes to the console.
  using log = vi.spyOn(console, 'log').mockImplementation(() => null);
  const outcome = await runStarter(unconfigured, 'complete', '--', ...words);
  expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  const lines = log.mock.calls.map(([line]: unknown[]) => String(line));
  // The directive: no files instead.
  expect(lines.pop()).toBe(':4');
  return lines.map((line) => line.split('\t')[0] ?? '');
}

describe('what a shell is answered', () => {
  it('is the commands, but not the hidden one that answers', async () => {
    const commands = await complete('');
    expect(commands).toEqual(expect.arrayContaining(['start', 'status', 'approve', 'doctor', 'completion', 'help']));
    expect(commands).not.toContain('complete');
  });

  it('is the options of the command, and the choices of an option', async () => {
    expect(await complete('start', 'example.com', '--y')).toEqual(['--yes']);
    expect(await complete('start', '--dns-provider', 'r')).toEqual(['rfc2136', 'route53']);
    expect(await complete('completion', '')).toEqual(['zsh', 'bash', 'fish', 'powershell']);
  });

  it('is nothing where any text is valid, or for an unknown command', async () => {
    expect(await complete('status', '--account', '')).toEqual([]);
    expect(await complete('onboard', '')).toEqual([]);
  });
});

describe('the script', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('for %s names the command, and is one', async (shell) => {
    const { code, stdout, stderr } = await runStarterProcess(unconfigured, 'completion', shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/cloudflare-sso complete (?:--|'--') /u);
    const executable = findExecutable(shell);
    if (executable === null || shell === 'powershell') return;
    const checking = spawn(executable, ['-n'], { stdio: ['pipe', 'inherit', 'inherit'] });
    checking.stdin.end(stdout);
    expect(await once(checking, 'exit')).toEqual([0, null]);
  });

  it('of an unknown shell is wrong usage', async () => {
    const { code, stderr } = await runStarter(unconfigured, 'completion', 'tcsh');
    expect(stderr).toContain('Allowed choices are zsh, bash, fish, powershell.');
    expect(code).toBe(2);
  });
});

describe.runIf(requireInstalled('bash', 'script'))('the command on the PATH', () => {
  /** Without the Node.js that these tests run on: the command brings its own. */
  const environment = { PATH: `${bin}:/usr/bin:/bin`, PS1: '$ ', HOME: '/nowhere' };

  it('completes in bash, and may be set up twice without an error', async () => {
    await using bash = startAtTerminal('bash --norc --noprofile -i', environment);
    const setUp = 'source <(cloudflare-sso completion bash)';
    bash.type(`${setUp}; ${setUp}; echo set"-"up${keys.enter}`);
    await vi.waitFor(() => expect(bash.screen).toContain('\rset-up\r'), waitOptions);
    expect(bash.screen).not.toContain('readonly');

    // The completed line is shown by making it the argument of an echo.
    const typeAndShow = async (typed: string, wanted: string) => {
      bash.type(`${typed}${keys.tab}`);
      await vi.waitFor(() => expect(bash.screen).toContain(wanted.slice(typed.length)), waitOptions);
      bash.type(`${keys.ctrlA}echo = ${keys.enter}`);
      await vi.waitFor(() => expect(bash.screen).toContain(`\r= ${wanted}`), waitOptions);
    };
    await typeAndShow(
      'cloudflare-sso start example.com --dns-provider ro',
      'cloudflare-sso start example.com --dns-provider route53',
    );
    await typeAndShow('cloudflare-sso approve --re', 'cloudflare-sso approve --reason');
    bash.type(`exit 7${keys.enter}`);
    expect(await bash.exited).toBe(7);
  });
});
