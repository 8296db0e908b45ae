import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { findTemporalCli, searchTemporalCli, temporalCliCache } from '../../scripts/temporal-cli.js';
import { TemporaryFolder, workingCli, writeExecutable } from './fake-checkout.ts';

describe('finding the Temporal CLI', () => {
  let folder: TemporaryFolder;
  let environment: { TEMPORAL_CLI?: string; PATH: string; XDG_CACHE_HOME: string };
  let downloaded: string;
  let built: string;

  beforeEach(() => {
    folder = new TemporaryFolder();
    environment = { PATH: `${folder.join('first')}:${folder.join('second')}`, XDG_CACHE_HOME: folder.join('cache') };
    const cache = temporalCliCache(environment);
    if (cache.downloaded === null) throw new Error('The Temporal SDK is not installed');
    ({ downloaded, built } = { downloaded: cache.downloaded, built: cache.built });
  });

  afterEach(() => folder[Symbol.dispose]());

  test('takes $TEMPORAL_CLI before all others', async () => {
    environment.TEMPORAL_CLI = writeExecutable(folder.join('mine/temporal'), workingCli);
    writeExecutable(folder.join('first/temporal'), workingCli);
    writeExecutable(built, workingCli);
    expect(await findTemporalCli(environment)).toBe(folder.join('mine/temporal'));
  });

  test('makes a relative $TEMPORAL_CLI absolute', async () => {
    const executable = writeExecutable(folder.join('mine/temporal'), workingCli);
    environment.TEMPORAL_CLI = relative(process.cwd(), executable);
    expect(await findTemporalCli(environment)).toBe(executable);
  });

  test('takes temporal on PATH before what was built', async () => {
    writeExecutable(folder.join('second/temporal'), workingCli);
    writeExecutable(built, workingCli);
    expect(await findTemporalCli(environment)).toBe(folder.join('second/temporal'));
  });

  test('takes what was built before what the SDK downloaded', async () => {
    writeExecutable(built, workingCli);
    writeExecutable(downloaded, workingCli);
    expect(await findTemporalCli(environment)).toBe(built);
  });

  test('takes what the SDK downloaded when there is nothing else', async () => {
    writeExecutable(downloaded, workingCli);
    expect(await findTemporalCli(environment)).toBe(downloaded);
  });

  test('ignores a relative XDG_CACHE_HOME, as its specification demands', () => {
    expect(temporalCliCache({ XDG_CACHE_HOME: 'cache' }).built).toBe(temporalCliCache({}).built);
  });

  test.each([
    ['fails', 'exit 3', '--version failed: exit code 3'],
    ['is another program of that name', 'echo "temporal 0.1, a calendar"', '--version does not answer'],
  ])('passes over one that %s', async (_, body, reason) => {
    environment.TEMPORAL_CLI = writeExecutable(folder.join('broken'), body);
    writeExecutable(folder.join('first/temporal'), body);
    writeExecutable(folder.join('second/temporal'), workingCli);
    const { found, passedOver } = await searchTemporalCli(environment);
    expect(found).toBe(folder.join('second/temporal'));
    expect(passedOver.map(({ source, path }) => [source, path])).toEqual([
      ['$TEMPORAL_CLI', folder.join('broken')],
      ['PATH', folder.join('first/temporal')],
    ]);
    for (const one of passedOver) expect(one.reason).toContain(reason);
  });

  test.each([
    ['a folder', () => mkdirSync(built, { recursive: true })],
    ['a file that may not be executed', () => chmodSync(writeExecutable(built, workingCli), 0o644)],
    ['half a binary', () => writeBinary(built, '\u007FELF\u0002\u0001\u0001')],
    ['an empty file', () => writeBinary(built, '')],
  ])('passes over %s', async (_, put) => {
    put();
    writeExecutable(downloaded, workingCli);
    expect(await findTemporalCli(environment)).toBe(downloaded);
  });

  test('names each place and what to do when there is none', async () => {
    environment.TEMPORAL_CLI = folder.join('nowhere');
    const failure = findTemporalCli(environment);
    await expect(failure).rejects.toThrow('run "node scripts/set-up.js"');
    await expect(failure).rejects.toThrow(`$TEMPORAL_CLI: ${folder.join('nowhere')}: not there`);
    await expect(failure).rejects.toThrow(`${built}: not there`);
    await expect(failure).rejects.toThrow(`${downloaded}: not there`);
  });
});

function writeBinary(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}
