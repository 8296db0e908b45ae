import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { addZones, nameDomains } from '../../support/bulk-world.ts';
import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { countRuns } from '../../support/count-runs.ts';
import { parseLines } from '../parse-lines.ts';
import { runStarter, startStarterProcess, unreachable } from '../run-starter.ts';

const folder = await mkdtemp(join(tmpdir(), 'sso-bulk-'));
afterAll(async () => await rm(folder, { recursive: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}.csv`);
  await writeFile(path, content);
  return path;
}

async function bulk(world: World, file: string, ...args: string[]) {
  return await runStarter(world, 'bulk', file, '--yes', ...args);
}

describe('a list that cannot be used ends with 2, everything wrong with it is listed, and nothing is started', () => {
  const account = ['--account', '0123456789abcdef0123456789abcdef'];

  it('line by line', async () => {
    await using world = await createWorld();
    const file = await fileOf(
      [
        'emailDomain,enablement,confirmWithinSeconds,owner',
        'a.com,automatic,,me',
        'gmail.com,,,',
        '',
        'b.com,sometimes,soon,',
        'A.com.,,,',
        'c.com',
      ].join('\n'),
    );
    const { code, stdout, stderr } = await bulk(world, file);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    const lines = stderr.split('\n').filter((line) => line.startsWith('  - '));
    expect(lines).toEqual([
      '  - line 1: there is no column "owner"',
      '  - line 7: it has 1 fields, but the header has 4',
      expect.stringContaining('  - line 3, emailDomain: '),
      expect.stringContaining('  - line 5, enablement: '),
      expect.stringContaining('  - line 5, confirmWithinSeconds: '),
      '  - line 6, emailDomain: a.com is in line 2 already',
    ]);
    expect(await countRuns(world.client)).toBe(0);
  });

  it.each<[name: string, content: string | Uint8Array | null, args: string[], message: string]>([
    ['no file', null, [], 'ENOENT'],
    ['nothing in it', '', [], 'the column emailDomain is missing'],
    ['a header and no more', 'emailDomain\n', [], 'must have at least one row'],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x61, 0]), [], 'not text in UTF-8'],
    ['too many lines', `emailDomain\n${nameDomains(4001).join('\n')}`, [], 'at most 4000 are allowed'],
    ['too many at a time', 'emailDomain\na.com', ['--concurrency', '51'], 'from 1 to 50'],
    ['an option that is wrong', 'emailDomain\na.com', ['--deadline-seconds', '-1'], 'options.deadlineSeconds'],
  ])('%s', async (_name, content, args, message) => {
    const file = content === null ? join(folder, 'none.csv') : await fileOf(content);
    const { code, stdout, stderr } = await runStarter(unreachable, 'bulk', file, ...account, ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe.concurrent('a list', () => {
  it('ends with 4 when no server can be reached', async () => {
    const file = await fileOf('emailDomain\na.com');
    const { code } = await runStarter(unreachable, 'bulk', file, '--account', '0123456789abcdef0123456789abcdef');
    expect(code).toBe(4);
  });

  it('writes a line for each row that has ended, then a report that says what to do; once that is done, ends with 0', async () => {
    await using world = await createWorld();
    const [one = '', two = '', late = ''] = nameDomains(3);
    addZones(world, [one, two]);
    await world.startWorker();
    const file = await fileOf(`\ufeffemailDomain,enablement\r\n${one},automatic\r\n${late},\r\n${two},\r\n`);
    const first = await bulk(world, file, '--propagation-check', 'off');
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/^3 domains have been started \(sso-bulk\/[0-9a-f]{32}\/[0-9a-f]{64}\)\.\n$/u);
    const [progress = '', table, rest = ''] = first.stdout.split('\n\n');
    expect(progress.split('\n').toSorted((a, b) => a.slice(25).localeCompare(b.slice(25)))).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+ company001\.com enabled$/u),
      expect.stringContaining(' company002.com enabled'),
      expect.stringContaining(' company003.com failed: PrerequisitesNotMet: Not ready to onboard'),
    ]);
    expect(table).toMatch(/^3 domains: completed, in .*\n {2}enabled +2\n {2}failed +1$/u);
    expect(rest).toMatch(
      /^not enabled\n {2}company003\.com {2}failed +PrerequisitesNotMet: .*\n +→ nothing was changed: .*\n$/u,
    );
    expect(first.stdout).not.toContain('\u001b');

    addZones(world, [late]);
    const again = await bulk(world, file, '--propagation-check', 'off', '--json');
    expect(again.code).toBe(0);
    const lines = parseLines(again.stdout);
    expect(lines).toHaveLength(4);
    expect(lines).toContainEqual({ row: 1, emailDomain: late, outcome: 'enabled', type: null, message: null });
    expect(lines).toContainEqual({ row: 0, emailDomain: one, outcome: 'already-enabled', type: null, message: null });
    expect(lines.at(-1)).toMatchObject({
      state: 'completed',
      counts: { enabled: 1, 'already-enabled': 2 },
      failure: null,
    });
  });

  it('reads standard input, and the same list joins the run in progress; Ctrl-C leaves it running', async () => {
    await using world = await createWorld();
    const domains = nameDomains(2);
    const csv = `emailDomain\n${domains.join('\n')}\n`;
    const child = spawn(process.execPath, ['src/starter.ts', 'bulk', '-', '--yes'], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      env: { PATH: process.env['PATH'], ...world.environment },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const said = text(child.stderr);
    child.stdin.end(csv);
    await using joined = startStarterProcess(world, 'bulk', await fileOf(csv), '--yes', '--concurrency', '2');
    await vi.waitFor(() => expect(joined.stderr).toContain('2 domains '), waitOptions);
    await vi.waitFor(
      async () => expect(await countRuns(world.client, 'onboardManySsoConnectors')).toBe(1),
      waitOptions,
    );
    joined.kill('SIGINT');
    expect(await joined.exited).toBe(130);
    expect(joined.stderr).toContain('A run that was started continues; the same command shows it again.');

    await vi.waitFor(async () => {
      await using third = startStarterProcess(world, 'bulk', await fileOf(csv), '--yes');
      await vi.waitFor(() => expect(third.stderr).toContain('2 domains are being onboarded already'), waitOptions);
    }, waitOptions);
    expect(await countRuns(world.client, 'onboardManySsoConnectors')).toBe(1);
    child.kill('SIGINT');
    await once(child, 'close');
    expect(await said).toMatch(/^2 domains (?:have been started|are being onboarded already)/u);
  });
});
