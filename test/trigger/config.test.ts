import { writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { ConfigError } from '../../src/environment/variables.ts';
import type { Environment } from '../../src/environment/variables.ts';
import { readTriggerConfig } from '../../src/trigger/config.ts';
import { newSecret } from '../support/new-secret.ts';
import { bearerOf, newToken, writeCallers } from './running-trigger.ts';

const alice = bearerOf(newToken(), ['a'.repeat(32)]);

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment of the trigger', () => {
  test('needs nothing but the callers file, and listens on this machine alone', async () => {
    await using file = await writeCallers({ bearers: [alice] });
    expect(readTriggerConfig({ TRIGGER_CALLERS_FILE: file.path })).toMatchObject({
      listen: { host: '127.0.0.1', port: 8081 },
      callers: { senders: [], bearers: [{ name: 'alice' }] },
      logLevel: 'INFO',
    });
  });

  test.each([
    ['0.0.0.0:443', { host: '0.0.0.0', port: 443 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:8080', { host: 'localhost', port: 8080 }],
  ])('accepts %s as an address', async (TRIGGER_ADDRESS, listen) => {
    await using file = await writeCallers({ bearers: [alice] });
    expect(readTriggerConfig({ TRIGGER_CALLERS_FILE: file.path, TRIGGER_ADDRESS }).listen).toEqual(listen);
  });

  test.each<[string, Environment, string]>([
    ['no file', {}, 'TRIGGER_CALLERS_FILE: not set'],
    ['a file that does not exist', { TRIGGER_CALLERS_FILE: '/nowhere/callers.json' }, 'TRIGGER_CALLERS_FILE: ENOENT'],
    ['an address without a port', { TRIGGER_ADDRESS: '127.0.0.1' }, 'TRIGGER_ADDRESS: "127.0.0.1" is not host:port'],
    ['a port that does not exist', { TRIGGER_ADDRESS: '127.0.0.1:70000' }, 'TRIGGER_ADDRESS: '],
  ])('with %s is refused', (_name, environment, problem) => {
    const problems = problemsOf(() => readTriggerConfig(environment));
    expect(problems.find((candidate) => candidate.startsWith(problem))).toBeDefined();
  });
});

describe('call-backs of a worker', () => {
  const minimal = { CLOUDFLARE_API_TOKEN: 'a-token' };

  test('are signed with the secrets that the file holds at that time', async () => {
    await using file = await writeCallers({});
    const [old, next] = [newSecret(), newSecret()];
    await writeFile(file.path, old);
    const { callBacks } = readWorkerConfig({
      ...minimal,
      CALLBACK_ORIGINS: 'https://itsm.example.com',
      CALLBACK_SECRETS_FILE: file.path,
    });
    expect(callBacks?.origins).toEqual(['https://itsm.example.com']);
    await writeFile(file.path, `${old}\n${next}\n`);
    expect(await callBacks?.readSecrets()).toEqual([old, next]);
  });

  test.each<[string, Environment, string]>([
    ['origins alone', { CALLBACK_ORIGINS: 'https://a.example' }, 'CALLBACK_ORIGINS, CALLBACK_SECRETS_FILE: '],
    ['secrets alone', { CALLBACK_SECRETS_FILE: import.meta.filename }, 'CALLBACK_ORIGINS, CALLBACK_SECRETS_FILE: '],
    ['a file without secrets', { CALLBACK_SECRETS_FILE: import.meta.filename }, 'CALLBACK_SECRETS_FILE: secret 1'],
    ['plain http', { CALLBACK_ORIGINS: 'http://a.example' }, 'CALLBACK_ORIGINS: "http://a.example" is not an origin'],
  ])('with %s are refused', (_name, environment, problem) => {
    const problems = problemsOf(() => readWorkerConfig({ ...minimal, ...environment }));
    expect(problems.find((candidate) => candidate.startsWith(problem))).toBeDefined();
  });
});
