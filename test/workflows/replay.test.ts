import { readdir, readFile } from 'node:fs/promises';

import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, inject, it } from 'vitest';

Runtime.install({ logger: new DefaultLogger('ERROR') });

const folder = new URL('../histories/', import.meta.url);
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));

describe('a history recorded by an earlier version of the workflow still replays', () => {
  it('there are some', () => {
    expect(names.length).toBeGreaterThan(0);
  });

  it.each(names)('%s', async (name) => {
    const history: unknown = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
    const workflowBundle = { codePath: inject('workflowBundle') };
    const workflowId = 'sso/0123456789abcdef0123456789abcdef/example.com';
    await expect(Worker.runReplayHistory({ workflowBundle }, history, workflowId)).resolves.toBeUndefined();
  });
});
