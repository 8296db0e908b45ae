import { readFile } from 'node:fs/promises';

import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';

import { buildOpenApi } from '../../src/trigger/openapi.ts';
import { operations } from '../../src/trigger/operations.ts';
import { send, startTrigger } from './trigger-world.ts';

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

it('docs/openapi.json is what the operations say: otherwise run "npm run docs"', async () => {
  const kept = JSON.parse(await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as unknown;
  expect(kept).toEqual(plain(buildOpenApi()));
});

it('is served to anybody, also while Temporal cannot be reached', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  await using trigger = await startTrigger(new Client({ connection }), [
    {
      name: 'hr',
      accounts: ['a'.repeat(32)],
      actions: ['onboard'],
      bearerSha256: 'a'.repeat(64),
    },
  ]);
  const { status, body } = await send(`${trigger.url}/openapi.json`);
  expect(status).toBe(200);
  expect(body).toEqual(plain(buildOpenApi()));
  await connection.close();
});

it('describes every operation once', () => {
  const { paths } = buildOpenApi();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).toSorted());
});
