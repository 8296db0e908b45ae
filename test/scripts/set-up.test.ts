import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { FakeCheckout, goBuild, workingCli, writeExecutable, writeWorkingCli } from './fake-checkout.ts';

let checkout: FakeCheckout;
beforeEach(() => {
  checkout = new FakeCheckout();
});
afterEach(() => checkout[Symbol.dispose]());

const longAgo = new Date('2020-01-01');

describe('the packages', () => {
  beforeEach(() => {
    writeExecutable(join(checkout.bin, 'temporal'), workingCli);
  });

  test('are left alone, without a word, when they are newer than package-lock.json', async () => {
    checkout.addCommand('npm', '');
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe('');
  });

  test('are installed when package-lock.json is newer', async () => {
    checkout.addCommand('npm', ': > node_modules/.package-lock.json');
    utimesSync(checkout.join('node_modules/.package-lock.json'), longAgo, longAgo);
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('npm ci');
    expect(checkout.calls()).toBe('npm ci\n');
  });

  test('are installed when there are none, and then not again', async () => {
    rmSync(checkout.join('node_modules'), { recursive: true });
    checkout.addCommand(
      'npm',
      `/bin/mkdir -p node_modules/.bin && /bin/ln -s '${process.execPath}' node_modules/.bin/node && : > node_modules/.package-lock.json`,
    );
    expect(await checkout.setUp()).toMatchObject({ exitCode: 0 });
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe('npm ci\n');
  });

  test('are installed by an npm that does not run on the Node it deletes', async () => {
    const pinned = checkout.join('node_modules/.bin');
    utimesSync(checkout.join('node_modules/.package-lock.json'), longAgo, longAgo);
    checkout.addCommand('npm', `echo "$PATH" >> '${checkout.join('calls')}'; : > node_modules/.package-lock.json`);
    await checkout.setUp({ PATH: `${pinned}:${checkout.bin}` });
    expect(checkout.calls()).toBe(`npm ci\n${checkout.bin}\n`);
  });

  test('end the set-up with a way forward when they cannot be installed', async () => {
    rmSync(checkout.join('node_modules'), { recursive: true });
    const withoutNpm = await checkout.setUp();
    expect(withoutNpm.exitCode).toBe(1);
    expect(withoutNpm.stderr).toContain('npm ci failed: npm is not on PATH');

    checkout.addCommand('npm', 'echo "npm error network" >&2; exit 7');
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('npm error network');
    expect(stderr).toContain('npm ci failed: exit code 7');
    expect(stderr).toContain('check the network');
  });

  test('end the set-up when the pinned Node did not come with them', async () => {
    rmSync(checkout.join('node_modules'), { recursive: true });
    checkout.addCommand('npm', '/bin/mkdir node_modules && : > node_modules/.package-lock.json');
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('npm rebuild node');
  });
});

describe('the Temporal CLI', () => {
  test('is neither downloaded nor built when one is there', async () => {
    checkout.addCommand('go', 'exit 1');
    writeExecutable(join(checkout.bin, 'temporal'), workingCli);
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe('');
  });

  test('that is named but broken is not passed over in silence', async () => {
    const broken = writeExecutable(checkout.join('broken'), 'exit 1');
    const working = writeExecutable(join(checkout.bin, 'temporal'), workingCli);
    const { exitCode, stderr } = await checkout.setUp({ TEMPORAL_CLI: broken });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`$TEMPORAL_CLI: ${broken}: --version failed: exit code 1`);
    expect(stderr).toContain(`The Temporal CLI is ${working}`);
  });

  test('is built once with Go, the pinned version, and found from then on', async () => {
    checkout.addCommand('go', goBuild(writeWorkingCli));
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Building the Temporal CLI 9.9.9 with Go (once, 3 to 5 minutes): 0 s');
    expect(stderr).toContain(`The Temporal CLI is ${checkout.built}`);
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls().match(/^go build/gmu)).toHaveLength(1);
    expect(readdirSync(dirname(checkout.built))).toEqual(['temporal']);
  });

  test('is whole when two set-ups build it at once', async () => {
    checkout.addCommand('go', goBuild(writeWorkingCli));
    const ended = await Promise.all([checkout.setUp(), checkout.setUp()]);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(readdirSync(dirname(checkout.built))).toEqual(['temporal']);
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['fails half-way', 'echo half > "$out"; echo "no space left on device" >&2; exit 1', 'no space left on device'],
    ['makes something broken', 'echo half > "$out"', 'what was built does not work'],
  ])('is not there when a build %s', async (_, body, reason) => {
    checkout.addCommand('go', goBuild(body));
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(reason);
    expect(readdirSync(dirname(checkout.built))).toEqual([]);
  });

  test('is not there when a build is interrupted, and the build ends too', async () => {
    checkout.addCommand('go', goBuild(`echo half > "$out"; echo $$ > '${checkout.join('pid')}'; exec /bin/sleep 600`));
    const running = checkout.start();
    while (!existsSync(checkout.join('pid'))) await sleep(20);
    running.process.kill('SIGTERM');
    // It ends only after what it started: its output is at an end too.
    expect(await running.ended).toMatchObject({ exitCode: 143 });
    expect(readdirSync(dirname(checkout.built))).toEqual([]);
  });

  test('is what the SDK downloads, when it can, rather than a build', async () => {
    checkout.addCommand('go', 'exit 1');
    await putSdk(
      `import { copyFileSync } from 'node:fs';
      export const TestWorkflowEnvironment = {
        async createLocal({ server: { executable } }) {
          copyFileSync('download', executable.downloadDir + '/temporal-sdk-typescript-5.6.7');
          return { async teardown() {} };
        },
      };`,
    );
    writeExecutable(checkout.join('download'), workingCli);
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`cloudflare-sso-onboarding/temporal-sdk-typescript-5.6.7`);
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe('');
  });

  test('is asked for by the real SDK, whose failure leads on to the build', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const sdk = fileURLToPath(new URL('../../node_modules/@temporalio', import.meta.url));
    symlinkSync(sdk, checkout.join('node_modules/@temporalio'));
    checkout.addCommand('go', goBuild(writeWorkingCli));
    try {
      const { exitCode, stderr } = await checkout.setUp({ HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` });
      expect(stderr).toContain(`The Temporal CLI is ${checkout.built}`);
      expect(exitCode).toBe(0);
      expect(asked).toContain('temporal.download:443');
    } finally {
      proxy.close();
    }
  });

  test('that cannot be had at all ends the set-up with all that was tried and all that helps', async () => {
    await putSdk(
      `export const TestWorkflowEnvironment = {
        async createLocal() { throw new Error('no route to the download'); },
      };`,
    );
    const { exitCode, stdout, stderr } = await checkout.setUp({ TEMPORAL_CLI: '/nowhere/temporal' });
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('There is no Temporal CLI that works');
    expect(stderr).toContain('$TEMPORAL_CLI: /nowhere/temporal: not there');
    expect(stderr).toContain(`built before: ${checkout.built}: not there`);
    expect(stderr).toContain('download by the Temporal SDK: Error: no route to the download');
    expect(stderr).toContain('build with Go: go is not on PATH');
    expect(stderr).toContain('install the Temporal CLI (https://docs.temporal.io/cli)');
    expect(stderr).toContain('set TEMPORAL_CLI');
    expect(stderr).toContain('install Go');
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port');
  return address.port;
}

/** A stand-in for the package `@temporalio/testing`, as version 5.6.7. */
async function putSdk(source: string): Promise<void> {
  const folder = checkout.join('node_modules/@temporalio/testing');
  await mkdir(folder, { recursive: true });
  const manifest = { name: '@temporalio/testing', version: '5.6.7', type: 'module', exports: './index.js' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'index.js'), source);
}
