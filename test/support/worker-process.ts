/**
 * A worker as `npm start` runs it, except that its workflow code is bundled already, which is most of what a start costs. For
 * tests that kill one worker after another; those about the main itself start `src/worker.ts`.
 */
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { z } from 'zod';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { createWorkers } from '../../src/worker.ts';

const codePath = process.env['TEST_WORKFLOW_BUNDLE'];
if (codePath === undefined)
  throw new Error('TEST_WORKFLOW_BUNDLE: not set; it is the path of the bundled workflow code');

/** Several workers in one process: the environment of each, as a JSON array. Left out: one, with the environment of the process. */
const environments = process.env['TEST_WORKER_ENVIRONMENTS'];
const configs =
  environments === undefined
    ? [readWorkerConfig(process.env)]
    : z
        .array(z.record(z.string(), z.string()))
        .parse(JSON.parse(environments))
        .map((environment) => readWorkerConfig(environment));
const logger = new DefaultLogger(configs[0]?.logLevel);
Runtime.install({ logger });
await Promise.all(
  configs.map(async (config) => {
    const connection = await NativeConnection.connect(config.temporal.connectionOptions);
    const workers = await createWorkers(config, { connection, logger, workflowBundle: { codePath } });
    await Promise.all(workers.map(async (worker) => await worker.run()));
    await connection.close();
  }),
);
