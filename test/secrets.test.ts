import { readdir, readFile } from 'node:fs/promises';

import { expect, it, vi } from 'vitest';

import { findFreePort } from './dns/servers/free-port.ts';
import { readHistories } from './support/history-text.ts';
import { createWorld, testToken, waitOptions } from './support/onboarding-world.ts';
import { startProcess } from './support/run-process.ts';
import { timingVariables } from './support/timing-variables.ts';

/** The command lines of all visible processes; only Linux has them as files. */
async function commandLines(): Promise<string> {
  const entries = await readdir('/proc').catch(() => []);
  const lines = entries
    .filter((name) => /^\d+$/u.test(name))
    .map(async (pid) => {
      return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    });
  return (await Promise.all(lines)).join('\n');
}

it('no byte of the token is in a history, a log line, an error, the metrics page or the process list', async () => {
  const timings = timingVariables({ authRetrySeconds: 0.1 });
  await using world = await createWorld({}, { timings });
  const metrics = `127.0.0.1:${await findFreePort('127.0.0.1')}`;
  const environment = { ...world.environment, LOG_LEVEL: 'TRACE', METRICS_ADDRESS: metrics };
  await using worker = startProcess(['src/worker.ts'], environment);
  const { faults } = world.simulator;
  const failing = [
    'reset',
    'malformed',
    'not-success',
    'unauthorised',
    'no-answer',
    { status: 500 },
    { html: 502 },
  ] as const;
  for (const [index, fault] of failing.entries()) faults.add({ nth: index * 2 + 1, when: 'before', fault });
  const input = world.input();
  await using starter = startProcess(
    ['src/starter.ts', 'start', 'example.com', '--yes', '--follow', '--json'],
    world.environment,
  );
  await starter.exited;
  // A second one, undone half-way.
  faults.add({
    method: 'POST',
    path: '/zones/*/dns_records',
    times: 'forever',
    when: 'before',
    fault: { status: 500 },
  });
  const handle = await world.start({ ...input, emailDomain: 'team.example.com' });
  await world.waitForStatus(handle, ({ phase }) => phase === 'publishing-txt');
  await handle.cancel();
  await handle.result().catch(() => null);

  const page = await vi.waitFor(async () => await (await fetch(`http://${metrics}/metrics`)).text(), waitOptions);
  const lines = await commandLines();
  worker.kill('SIGTERM');
  await worker.exited;
  const histories = await readHistories(world.client);
  expect(histories.length).toBeGreaterThan(20);
  const texts = {
    page,
    lines,
    log: worker.stdout + worker.stderr,
    starter: starter.stdout + starter.stderr,
    histories: histories.join('\n'),
  };
  expect(texts.log).toContain('HTTP 500');
  for (const [source, text] of Object.entries(texts)) {
    expect(text.length, source).toBeGreaterThan(0);
    expect(text.includes(testToken), source).toBe(false);
  }
});
