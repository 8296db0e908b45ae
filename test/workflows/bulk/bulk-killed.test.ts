/**
 * A bulk run as an administrator starts it: a file of domains, a tenth of them bad, and a worker that is killed half-way. 60
 * domains, or as many as the environment variable BULK_ROWS says.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, vi } from 'vitest';

import { bulkWorkflowType, workflowTypes } from '../../../src/contract/names/ids.ts';
import { addZones, nameDomains, waitForBulk } from '../../support/bulk-world.ts';
import { startEarlyContinueServer } from '../../support/early-continue-server.ts';
import { createWorld } from '../../support/onboarding-world.ts';
import { startWorkerProcess } from '../../support/processes.ts';
import { timingVariables } from '../../support/timing-variables.ts';
import { startProcess } from '../../support/run-process.ts';
import { countRuns } from '../../support/count-runs.ts';

const total = Number(process.env['BULK_ROWS'] ?? 60);
vi.setConfig({ testTimeout: 15 * 60_000 });

/** Every twentieth domain has no zone, and every twentieth is enabled in another account: ten in a hundred. */
const isUndelegated = (index: number) => index % 20 === 7;
const isElsewhere = (index: number) => index % 20 === 13;

/** More events than an onboarding has, so that only the bulk run continues as new. */
const suggestedEvents = 200;

const timings = timingVariables({
  retryFirstSeconds: 0.5,
  retryMaxSeconds: 2,
  undoRetrySeconds: 0.5,
  attemptSeconds: 10,
  heartbeatSeconds: 3,
  pollFirstSeconds: 0.5,
  pollMaxSeconds: 2,
});

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;

it(`${total} rows with a tenth bad and a worker killed half-way: each row once, exactly the bad ones reported, no second connector`, async () => {
  await using server = await startEarlyContinueServer(suggestedEvents);
  // The account's refusal of a second connector would hide an attempt to create one.
  await using world = await createWorld(
    { callsPerFiveMinutes: 1_000_000, secondConnector: 'allowed' },
    { address: server.address, timings },
  );
  const { account, log } = world.simulator;
  const domains = nameDomains(total);
  const undelegated = domains.filter((_, index) => isUndelegated(index));
  const elsewhere = domains.filter((_, index) => isElsewhere(index));
  const good = domains.filter((_, index) => !isUndelegated(index) && !isElsewhere(index));
  addZones(
    world,
    domains.filter((_, index) => !isUndelegated(index)),
  );
  account.patch({ enabledElsewhere: elsewhere });

  const folder = await mkdtemp(join(tmpdir(), 'sso-bulk-'));
  const file = join(folder, 'acquisition.csv');
  await writeFile(file, ['emailDomain', ...domains, ''].join('\r\n'));
  const began = performance.now();
  await using first = startWorkerProcess(world.environment);
  await using starter = startProcess(
    ['src/starter.ts', 'bulk', file, '--yes', '--concurrency', '25', '--propagation-check', 'off'],
    world.environment,
  );
  const workflowId = await vi.waitFor(
    () => {
      const [, id] = /\((sso-bulk\/\S+)\)/u.exec(starter.stderr) ?? [];
      if (id === undefined) throw new Error(`the starter said: ${starter.stderr}`);
      return id;
    },
    { timeout: 30_000 },
  );
  const handle = world.client.workflow.getHandle(workflowId);
  await first.during(waitForBulk(handle, ({ finished }) => finished.length >= total / 2, 300_000));
  await first.killNow();
  const killedAfter = performance.now() - began;
  await using second = startWorkerProcess(world.environment);
  expect(await second.during(starter.exited)).toBe(1);
  const took = performance.now() - began;
  await rm(folder, { recursive: true });

  // Each row was printed once, and each bad one is in the report.
  const [printed = '', report = ''] = starter.stdout.split('\n\n');
  const lines = printed.split('\n').filter((line) => line !== '');
  expect(lines.map((line) => line.split(' ')[1] ?? '').toSorted()).toEqual(domains);
  expect(report).toMatch(new RegExp(`enabled +${good.length}\\n +failed +${total - good.length}$`, 'u'));
  const bad = starter.stdout.match(/^ {2}company\d+\.com +failed /gmu) ?? [];
  expect(bad.map((line) => line.trim().split(' ')[0])).toEqual([...undelegated, ...elsewhere].toSorted());

  // Each domain had one run, and each good one has one connector, which is enabled.
  expect(await countRuns(world.client, workflowTypes.onboarding)).toBe(total);
  const connectors = account.connectors.list();
  expect(connectors.map(({ emailDomain }) => emailDomain).toSorted()).toEqual(good);
  expect(connectors.every(({ enabled }) => enabled)).toBe(true);
  const created = log.list().filter(({ method, path }) => method === 'POST' && path.endsWith('/sso_connectors'));
  expect(created).toHaveLength(good.length + elsewhere.length);

  const runs = await countRuns(world.client, bulkWorkflowType);
  expect(runs).toBeGreaterThan(1);

  // For information only.
  const calls = (log.list().length / total).toFixed(1);
  const shown = starter.stdout.slice(printed.length).trimStart().split('\n').slice(0, 9).join('\n');
  console.log(
    `worker killed after ${seconds(killedAfter)}, complete after ${seconds(took)}; ${calls} calls to Cloudflare for each domain; ` +
      `the bulk run continued as new ${runs - 1} ×\n${shown}`,
  );
});
