/**
 * Makes the Temporal SDK download the CLI into the folder that is the first argument. The SDK does so on the way to
 * starting a local server, and in no other way: so one is started, and stopped at once. Needs the Node of node_modules.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const environment = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: {
      type: 'cached-download',
      downloadDir: process.argv[2],
      // In ms. Only asked when an earlier download, if any, does not work: so that one is not to be used again.
      ttl: 1,
    },
  },
});
await environment.teardown();
