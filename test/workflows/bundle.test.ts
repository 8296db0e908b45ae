import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { expect, inject, it } from 'vitest';

/** Names of the modules in a bundle, from its project's folder down. */
function modulesIn(code: string): string[] {
  return [...code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gmu)].map(([, module]) => module ?? '');
}

function foreignPackages(modules: string[]): string[] {
  const packages = modules.flatMap((module) => /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(module)?.[1] ?? []);
  const allowed = /^(?:@temporalio\/(?:common|workflow|proto)|nexus-rpc|long|ms)$/u;
  return [...new Set(packages)].filter((name) => !allowed.test(name));
}

it('holds the workflows, the contract, the decisions and the messages, and no HTTP, DNS or schema library', async () => {
  const modules = modulesIn(await readFile(inject('workflowBundle'), 'utf8'));
  expect(foreignPackages(modules)).toEqual([]);
  const own = modules.filter((module) => module.startsWith('./src/'));
  expect(own.length).toBeGreaterThan(5);
  expect(own.filter((module) => !/^\.\/src\/(?:workflows\/|decisions\/|contract\/|messages\/)/u.test(module))).toEqual(
    [],
  );
});

it('would show it if one had crept in', async () => {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('fixtures/heavy-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  expect(foreignPackages(modulesIn(code))).toEqual(['zod']);
});
