/** The example that needs only a shell and the Temporal CLI, run as its first lines say. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { findTemporalCli } from '../scripts/temporal-cli.js';
import { createWorld } from './support/onboarding-world.ts';
import type { World } from './support/onboarding-world.ts';

async function runExample(world: World, domain: string, by: string, reason: string) {
  const script = fileURLToPath(new URL('../docs/examples/onboard.sh', import.meta.url));
  const child = spawn('sh', [script, domain, by, reason], {
    env: {
      PATH: process.env['PATH'],
      // Where the CLI would read the user's configuration: there is none.
      HOME: tmpdir(),
      TEMPORAL_CLI: await findTemporalCli(),
      TEMPORAL_ADDRESS: world.environment['TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: world.environment['TEMPORAL_NAMESPACE'],
      CLOUDFLARE_ACCOUNT_ID: world.accountId,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => (output[name] += chunk));
  await once(child, 'close');
  return { code: child.exitCode, ...output };
}

it('starts a run, shows its phases, approves once the run waits for it, and prints the result', async () => {
  await using world = await createWorld();
  await world.startWorker();
  const reason = 'the "identity provider" has been tested \\ twice';
  const { code, stdout, stderr } = await runExample(world, 'example.com', 'alex', reason);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('waiting-for-approval\napproved by alex\n');
  expect(stdout).toContain('"enabled":true');
  const handle = world.client.workflow.getHandle(`sso/${world.accountId}/example.com`);
  const { approval } = await world.waitForStatus(handle, () => true);
  expect(approval?.answer).toMatchObject({ kind: 'approved', by: 'alex', reason });
});

it('shows the run in progress instead of starting another', async () => {
  await using world = await createWorld();
  const handle = await world.start(world.input({ enablement: 'after-approval' }));
  await world.startWorker();
  const { code, stdout } = await runExample(world, 'example.com', 'alex', 'tested');
  expect(stdout).toContain('example.com is being onboarded already, perhaps with another input; showing that run\n');
  expect(code).toBe(0);
  expect(await handle.result()).toMatchObject({ enabled: true });
});

it('ends with the reason when the run fails', async () => {
  await using world = await createWorld();
  await world.startWorker();
  const { code, stdout } = await runExample(world, 'gmail.com', 'alex', 'tested');
  expect(code).toBe(1);
  expect(stdout).toContain('gmail.com belongs to a public mail provider');
});
