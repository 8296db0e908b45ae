/** `npm start`: runs workflows and activities until SIGTERM or SIGINT. */
import { fileURLToPath } from 'node:url';

import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger, WorkflowBundleOption } from '@temporalio/worker';

import { createActivities } from './activities/activities.ts';
import { createCloudflare } from './cloudflare/cloudflare.ts';
import { readWorkerConfig } from './config/worker.ts';
import { ConfigError } from './environment/variables.ts';
import type { WorkerConfig } from './config/worker.ts';
import { cloudflareTaskQueue, onboardingTaskQueue } from './contract/names/ids.ts';
import { createDns } from './dns/dns.ts';
import { checkMachine, createProviders, listConfiguredProviders } from './dns/providers/registry.ts';
import { describeNoServer } from './messages/problems.ts';
import { exitCodes } from './environment/exit-codes.ts';
import { explainMissingSearchAttributes, findMissingSearchAttributes } from './client/search-attributes.ts';

/** Long enough for a request to Cloudflare to complete and be reported. */
const shutdownGraceTime = '30 seconds';
/** The process then ends even if an activity has not: its heartbeats stop, and another worker retries it. */
const shutdownForceTime = '45 seconds';
/** A bulk run can occupy one slot a row (50 at most) for days, so there must be enough for several of them. */
const maxConcurrentActivities = 1000;
/** Calls left of the token's 1,200 in 5 minutes; below this number a warning is logged. */
const lowBudget = 120;
const machineCheckMilliseconds = 10_000;

interface WorkerOptions {
  connection: NativeConnection;
  logger: Logger;
  /** Left out: the workflow code is bundled now, which takes a few seconds. */
  workflowBundle?: WorkflowBundleOption;
}

/** Creates the workers of both task queues, without running them. */
export async function createWorkers(
  config: WorkerConfig,
  { connection, logger, workflowBundle }: WorkerOptions,
): Promise<Worker[]> {
  const cloudflare = createCloudflare({
    ...config.cloudflare,
    onRateLimit: ({ remaining, resetSeconds }) => {
      if (remaining < lowBudget) logger.warn('The API token has few calls left', { remaining, resetSeconds });
    },
  });
  const dns = createDns(config.dns);
  const activities = createActivities({
    cloudflare,
    dns,
    providers: createProviders(config.dns.providers, { cloudflare, dns }),
    defaultProvider: config.dns.defaultProvider,
    callBacks: config.callBacks,
    timings: config.timings,
  });
  const shared = { connection, namespace: config.temporal.namespace, shutdownGraceTime, shutdownForceTime };
  return await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: onboardingTaskQueue,
      activities: activities.onboarding,
      maxConcurrentActivityTaskExecutions: maxConcurrentActivities,
      ...(workflowBundle === undefined
        ? { workflowsPath: fileURLToPath(new URL('workflows/index.ts', import.meta.url)) }
        : { workflowBundle }),
    }),
    Worker.create({
      ...shared,
      taskQueue: cloudflareTaskQueue,
      activities: activities.cloudflare,
      maxTaskQueueActivitiesPerSecond: config.cloudflare.activitiesPerSecond,
    }),
  ]);
}

async function main(): Promise<number> {
  const config = readWorkerConfig(process.env);
  const logger = new DefaultLogger(config.logLevel);
  Runtime.install({
    logger,
    ...(config.metricsAddress === null
      ? {}
      : { telemetryOptions: { metrics: { prometheus: { bindAddress: config.metricsAddress } } } }),
  });

  const findings = await checkMachine(listConfiguredProviders(config.dns.providers), {
    signal: AbortSignal.timeout(machineCheckMilliseconds),
    timeoutMilliseconds: machineCheckMilliseconds,
  });
  const missing = findings.filter(({ ok }) => !ok);
  if (missing.length > 0) {
    for (const { subject, found, remedy } of missing) process.stderr.write(`${subject}: ${found}: ${remedy}\n`);
    return exitCodes.usage;
  }

  const { address, namespace, connectionOptions } = config.temporal;
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect(connectionOptions);
  } catch (error) {
    process.stderr.write(`${describeNoServer(address, error)}\n`);
    return exitCodes.noServer;
  }
  try {
    const missingAttributes = await findMissingSearchAttributes(connection, namespace);
    if (missingAttributes.length > 0) {
      process.stderr.write(explainMissingSearchAttributes(missingAttributes, namespace));
      return exitCodes.usage;
    }
    const workers = await createWorkers(config, { connection, logger });
    const running = workers.map(async (worker) => {
      await worker.run();
    });
    logger.info('Worker ready', { address, namespace, taskQueues: [onboardingTaskQueue, cloudflareTaskQueue] });
    await Promise.all(running);
    logger.info('Worker stopped');
    return exitCodes.success;
  } finally {
    await connection.close();
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else
      process.stderr.write(
        `The worker failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
    // The other worker may still be polling, and must not continue alone.
    process.exit(error instanceof ConfigError ? exitCodes.usage : exitCodes.failed);
  }
}
