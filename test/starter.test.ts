/** What only a process of its own shows: signals, closed pipes, and the exit code of the process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, it, vi } from 'vitest';

import { runStarterProcess, startStarterProcess, unreachable } from './starter/run-starter.ts';
import { createWorld, testToken, waitOptions } from './support/onboarding-world.ts';

it('stops watching on Ctrl-C, and says that the onboarding continues', async () => {
  await using world = await createWorld();
  await using watching = startStarterProcess(world, 'start', 'example.com', '-y', '--follow');
  await vi.waitFor(() => expect(watching.stdout).toContain('no worker answered'), waitOptions);
  watching.kill('SIGINT');
  expect(await watching.exited).toBe(130);
  expect(watching.stderr).toContain('A run that was started continues; "watch" shows it again.');
  expect(watching.stderr).not.toContain(testToken);
});

it('ends with 141, as after SIGPIPE, once nobody reads its output', async () => {
  const child = spawn(process.execPath, ['src/starter.ts', '--help'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.destroy();
  expect(await once(child, 'close')).toEqual([141, null]);
});

it('ends as a process with the exit code of the command, and with its error on standard error', async () => {
  const { code, stdout, stderr } = await runStarterProcess(unreachable, 'start', 'example.com', '--account', 'acme');
  expect(stderr).toContain('32 hexadecimal characters');
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
