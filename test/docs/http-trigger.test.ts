/** Runs the blocks of docs/http-trigger.md as they stand, in one shell, against the simulator and a real worker. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { findFreePort } from '../../scripts/demo-process.ts';
import { createWorld } from '../support/onboarding-world.ts';
import { readCodeBlocks, root } from './markdown.ts';

const standardAddress = '127.0.0.1:8081';
/** Shorter than the test may take. */
const longestMilliseconds = 50_000;

/** A project folder in which the blocks may leave their files. */
async function createFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'sso-docs-'));
  for (const name of ['package.json', 'node_modules', 'src']) {
    await symlink(fileURLToPath(new URL(name, root)), join(path, name));
  }
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) };
}

it('the blocks of the page do what it says', async () => {
  await using world = await createWorld({ nameServerLagSeconds: [0] });
  await using folder = await createFolder();
  await world.startWorker();
  const page = await readFile(new URL('docs/http-trigger.md', root), 'utf8');
  const blocks = readCodeBlocks(page).filter(({ language }) => language === 'sh');
  const address = `127.0.0.1:${await findFreePort()}`;
  const domain = `/v1/accounts/${world.accountId}/domains/hr.example.com`;
  const waits: [before: string, command: string][] = [
    ['URL=', `until curl -s -o /dev/null http://${address}/v1/openapi.json; do sleep 0.2; done`],
    ['api()', `until curl -s -H "authorization: Bearer $TOKEN" $URL${domain} | grep -q '"runId"'; do sleep 0.2; done`],
    ['api $RUN/check', `until api $RUN | grep -q '"phase":"waiting-for-approval"'; do sleep 0.2; done`],
    ['api $DOMAIN/offboarding', `until api $RUN | grep -q '"state":"completed"'; do sleep 0.2; done`],
  ];
  const script = blocks.flatMap(({ code }) => [
    ...waits.filter(([before]) => code.includes(before)).map(([, command]) => command),
    code.replace(standardAddress, address),
    'echo',
  ]);
  expect(page).toContain(standardAddress);
  const shell = spawn('bash', ['--norc', '-uc', script.join('\n')], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], ...world.environment, TRIGGER_ADDRESS: address },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The trigger that the page starts in the background is in the same process group.
    detached: true,
  });
  const output = Promise.all([readText(shell.stdout), readText(shell.stderr)]);
  await once(shell, 'exit', { signal: AbortSignal.timeout(longestMilliseconds) }).finally(() => {
    if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGTERM');
  });
  const [stdout, stderr] = await output;
  const said = `${stdout}\n${stderr}`;
  expect(said).toContain('HTTP/1.1 202 Accepted');
  expect(said).toContain(`location: ${domain}`);
  expect(said).toContain('"outcome":"accepted"');
  expect(said).toContain('"nextCursor":null');
  expect(said).toContain('"outcome":"joined"');
  expect(said).toContain('"by":"bob@example.com (via it-desk)","reason":"the identity provider is ready"');
  expect(said).toMatch(/"kind":"offboarding".*"outcome":"started"/u);
  expect(said).toMatch(/location: \/v1\/accounts\/[0-9a-f]{32}\/bulks\/[0-9a-f]{64}/u);
  expect(said).toContain('Trigger stopped');
});
