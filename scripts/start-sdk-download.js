/**
 * Makes the Temporal SDK download a release of the CLI: `start-sdk-download.js FOLDER TAG`. The SDK downloads only when
 * it starts a local server, so this starts one and stops it at once. Needs the Node.js of node_modules.
 */
const [downloadDir, version] = process.argv.slice(2);

try {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'cached-download', downloadDir, version },
      log: { format: 'pretty', level: 'never' },
      extraArgs: ['--output', 'none'],
    },
  });
  await environment.teardown();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
