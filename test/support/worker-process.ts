/**
 * A worker as `npm start` runs it, but for its main: its workflow code is bundled already, which is most of what a start
 * costs. For tests that kill one worker after another; those about the main itself start `src/worker.ts`.
 */
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { createWorkers } from '../../src/worker.ts';

const codePath = process.env['TEST_WORKFLOW_BUNDLE'];
if (codePath === undefined)
  throw new Error('TEST_WORKFLOW_BUNDLE: not set; it is the path of the bundled workflow code');
const config = readWorkerConfig(process.env);
const logger = new DefaultLogger(config.logLevel);
Runtime.install({ logger });
const connection = await NativeConnection.connect(config.temporal.connectionOptions);
const workers = await createWorkers(config, { connection, logger, workflowBundle: { codePath } });
await Promise.all(workers.map(async (worker) => await worker.run()));
await connection.close();
