/** One real Temporal server and one workflow bundle for the whole test run. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';

import { startDevServer } from '../../scripts/dev-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
    /** Path of the bundled workflow code. */
    workflowBundle: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-test-'));
  const workflowBundle = join(folder, 'workflow-bundle.js');
  const [server, { code }] = await Promise.all([
    startDevServer(),
    bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
  ]);
  await writeFile(workflowBundle, code);
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundle', workflowBundle);
  return async () => {
    await server.teardown();
    await rm(folder, { recursive: true });
  };
}
