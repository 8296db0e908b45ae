/** Environments of the worker and the starter, and what is wrong with them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished } from 'vitest';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { ConfigError } from '../../src/environment/variables.ts';
import type { Environment } from '../../src/environment/variables.ts';
import { everyFormOf } from '../cloudflare/errors.ts';

export const token = 'the-token-that-must-never-be-seen-anywhere';
export const minimal = { CLOUDFLARE_API_TOKEN: token };

export function problemsOf(environment: Environment, read: (environment: Environment) => unknown = readWorkerConfig) {
  try {
    read(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(everyFormOf(error)).not.toContain(token);
    for (const problem of error.problems) expect(error.message).toContain(problem);
    return error.problems;
  }
  throw new Error('The environment was accepted');
}

export async function createFile(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-config-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}
