import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { expect, inject, it, vi } from 'vitest';

import { findFreePort } from './dns/servers/free-port.ts';
import { createWorld, testToken, waitOptions } from './support/onboarding-world.ts';
import { runProcess, startProcess } from './support/run-process.ts';

const main = ['src/worker.ts'];

it.concurrent('ends with everything that is wrong with its environment, each variable by name', async () => {
  const { code, stderr } = await runProcess(main, { DNS_PROVIDER: 'carrier-pigeon', DNS_RESOLVERS: 'nowhere' });
  expect(code).toBe(2);
  for (const variable of ['CLOUDFLARE_API_TOKEN', 'DNS_PROVIDER', 'DNS_RESOLVERS']) expect(stderr).toContain(variable);
});

it.concurrent('says which server it cannot reach', async () => {
  const { code, stderr } = await runProcess(main, { TEMPORAL_ADDRESS: '127.0.0.1:1', CLOUDFLARE_API_TOKEN: testToken });
  expect(code).toBe(4);
  expect(stderr).toContain('No Temporal server could be reached at 127.0.0.1:1');
});

it.concurrent('says at once that nsupdate is missing where it is configured for dynamic updates', async () => {
  const environment = {
    PATH: '/nowhere',
    CLOUDFLARE_API_TOKEN: testToken,
    RFC2136_TSIG_KEY_FILE: import.meta.filename,
  };
  const { code, stderr } = await runProcess(main, { ...environment, TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(code).toBe(2);
  expect(stderr).toContain('nsupdate: it cannot be run: install it');
  expect(stderr).toContain('bind9-dnsutils');
});

it.concurrent('refuses a namespace without the search attributes, with the command that adds them', async () => {
  const address = inject('temporalAddress');
  const connection = await Connection.connect({ address });
  const namespace = `bare-${Date.now()}`;
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  await connection.close();

  const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, CLOUDFLARE_API_TOKEN: testToken };
  const { code, stderr } = await runProcess(main, environment);
  expect(code).toBe(2);
  expect(stderr).toContain(
    `temporal operator search-attribute create --namespace ${namespace} ` +
      '--name SsoEmailDomain --type Keyword --name SsoAccountId --type Keyword --name SsoPhase --type Keyword',
  );
});

it.concurrent.each(['SIGTERM', 'SIGINT'] as const)('runs workflows, and on %s ends in order', async (signal) => {
  await using world = await createWorld();
  await using worker = startProcess(main, world.environment);
  const handle = await world.start(world.input());
  await expect(handle.result()).resolves.toMatchObject({ enabled: true });
  expect(worker.stderr).toContain('Worker ready');

  worker.kill(signal);
  expect(await worker.exited).toBe(0);
  expect(worker.stderr).toContain('Worker stopped');
  expect(worker.stdout + worker.stderr).not.toContain(testToken);
});

it.concurrent('serves metrics at METRICS_ADDRESS', async () => {
  await using world = await createWorld();
  const address = `127.0.0.1:${await findFreePort('127.0.0.1')}`;
  await using worker = startProcess(main, { ...world.environment, METRICS_ADDRESS: address });
  // The page is empty until the worker counts something.
  const page = await vi.waitFor(async () => {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    expect(text).toContain('temporal_');
    return text;
  }, waitOptions);
  expect(page).not.toContain(testToken);
  worker.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
});
