import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { cachedTemporalCli, findTemporalCli, pinnedVersion, searchTemporalCli } from '../../scripts/temporal-cli.js';
import { cliOfVersion, TemporaryFolder, workingCli, writeExecutable } from './fake-checkout.ts';

test('the pinned Temporal CLI has the server and the UI that docker-compose.yml runs', async ({ skip }) => {
  const output = execFileSync(await findTemporalCli(), ['--version'], { encoding: 'utf8' });
  const version = pinnedVersion();
  skip(!output.startsWith(`temporal version ${version} `), `the Temporal CLI in use is not ${version}: ${output}`);
  const compose = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
  const imageTag = (image: string) => new RegExp(`image: temporalio/${image}:(\\S+)`, 'u').exec(compose)?.[1];
  expect(output.trim()).toBe(`temporal version ${version} (Server ${imageTag('server')}, UI ${imageTag('ui')})`);
});

describe('finding the Temporal CLI', () => {
  let folder: TemporaryFolder;
  let environment: { TEMPORAL_CLI?: string; PATH: string; XDG_CACHE_HOME: string };
  let cached: string;

  beforeEach(() => {
    folder = new TemporaryFolder();
    environment = { PATH: `${folder.join('first')}:${folder.join('second')}`, XDG_CACHE_HOME: folder.join('cache') };
    cached = cachedTemporalCli(environment);
  });

  afterEach(() => folder[Symbol.dispose]());

  test('takes $TEMPORAL_CLI before all others', async () => {
    environment.TEMPORAL_CLI = writeExecutable(folder.join('mine/temporal'), workingCli);
    writeExecutable(folder.join('first/temporal'), workingCli);
    writeExecutable(cached, workingCli);
    expect(await findTemporalCli(environment)).toBe(folder.join('mine/temporal'));
  });

  test('makes a relative $TEMPORAL_CLI absolute', async () => {
    const executable = writeExecutable(folder.join('mine/temporal'), workingCli);
    environment.TEMPORAL_CLI = relative(process.cwd(), executable);
    expect(await findTemporalCli(environment)).toBe(executable);
  });

  test.each([
    ['does not exist', null, 'does not exist'],
    ['fails', 'exit 3', '--version failed: exit code 3'],
    ['is another program of that name', 'echo "temporal 0.1, a calendar"', '--version does not print'],
  ])('refuses a $TEMPORAL_CLI that %s, whatever else there is', async (_, body, reason) => {
    const named = folder.join('broken');
    if (body !== null) writeExecutable(named, body);
    environment.TEMPORAL_CLI = named;
    writeExecutable(folder.join('first/temporal'), workingCli);
    await expect(findTemporalCli(environment)).rejects.toThrow(
      `TEMPORAL_CLI names ${named}, which does not work: ${reason}`,
    );
  });

  test('treats an empty $TEMPORAL_CLI as not set', async () => {
    environment.TEMPORAL_CLI = '';
    writeExecutable(cached, workingCli);
    expect(await findTemporalCli(environment)).toBe(cached);
  });

  test('takes temporal on PATH before the one in the cache', async () => {
    writeExecutable(folder.join('second/temporal'), workingCli);
    writeExecutable(cached, workingCli);
    expect(await findTemporalCli(environment)).toBe(folder.join('second/temporal'));
  });

  test('takes the one in the cache when there is no other', async () => {
    writeExecutable(cached, workingCli);
    expect(await findTemporalCli(environment)).toBe(cached);
  });

  test('ignores a relative XDG_CACHE_HOME, as its specification demands', () => {
    expect(cachedTemporalCli({ XDG_CACHE_HOME: 'cache' })).toBe(cachedTemporalCli({}));
  });

  test.each([
    ['fails', 'exit 3', '--version failed: exit code 3'],
    ['is another program of that name', 'echo "temporal 0.1, a calendar"', '--version does not print'],
    ['is too old', cliOfVersion('1.5.1'), `version 1.5.1 is too old: ${pinnedVersion()} or newer is needed`],
    ['has no release number', cliOfVersion('0.0.0-DEV'), 'version 0.0.0-DEV is too old'],
  ])('passes over one on PATH that %s, and says so', async (_, body, reason) => {
    const unusable = writeExecutable(folder.join('first/temporal'), body);
    writeExecutable(folder.join('second/temporal'), workingCli);
    const { path, rejected } = await searchTemporalCli(environment);
    expect(path).toBe(folder.join('second/temporal'));
    const { reason: why } = rejected.find(({ exists }) => exists) ?? {};
    expect(why).toContain(`${unusable}: ${reason}`);
  });

  test.each([pinnedVersion(), '1.100.0', '1.100.0-rc.1', '2.0.0'])('takes version %s from PATH', async (version) => {
    const executable = writeExecutable(folder.join('first/temporal'), cliOfVersion(version));
    expect(await findTemporalCli(environment)).toBe(executable);
  });

  test.each([
    ['a folder', () => mkdirSync(cached, { recursive: true })],
    ['a file that may not be executed', () => chmodSync(writeExecutable(cached, workingCli), 0o644)],
    ['half a binary', () => writeBinary(cached, '\u007FELF\u0002\u0001\u0001')],
    ['an empty file', () => writeBinary(cached, '')],
  ])('does not take %s', async (_, put) => {
    put();
    await expect(findTemporalCli(environment)).rejects.toThrow(`cache: ${cached}: --version`);
  });

  test('names each source and what to do when there is none', async () => {
    const failure = findTemporalCli(environment);
    await expect(failure).rejects.toThrow('run: node scripts/set-up.js');
    await expect(failure).rejects.toThrow('$TEMPORAL_CLI: not set');
    await expect(failure).rejects.toThrow('PATH: has no "temporal"');
    await expect(failure).rejects.toThrow(`cache: ${cached}: does not exist`);
  });
});

function writeBinary(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}
