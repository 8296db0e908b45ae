/** Runs the blocks of docs/getting-started.md as they stand, against the simulator: a real worker, real commands. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { expect, inject, it, vi } from 'vitest';

import { findTemporalCli } from '../../scripts/temporal-cli.js';
import { startSimulator } from '../../simulator/simulator.ts';
import { findMissingSearchAttributes } from '../../src/client/search-attributes.ts';
import { testToken, waitOptions } from '../support/onboarding-world.ts';
import { fastTimings } from '../support/timing-variables.ts';
import { readCodeBlocks } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Shell {
  stdout: string;
  stderr: string;
  exited: Promise<number | null>;
  /** SIGTERM to the block and everything it started, and until they have ended. */
  end: () => Promise<void>;
}

/** Starts a block as its own process group. */
function startBlock(code: string, environment: Record<string, string>, input = ''): Shell {
  const child = spawn('bash', ['--norc', '-euc', code], { cwd: root, env: environment, detached: true });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  }
  child.stdin.end(input);
  const closed = once(child, 'close');
  return {
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    exited: closed.then(() => child.exitCode),
    async end() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await closed;
    },
  };
}

/** The blocks in the order of the page, found by a part of each. */
async function readBlocks() {
  const page = await readFile(join(root, 'docs/getting-started.md'), 'utf8');
  const blocks = readCodeBlocks(page).filter(({ language }) => language === 'sh');
  const used = new Set<string>();
  const find = (part: string) => {
    const found = blocks.filter(({ code }) => code.includes(part)).map(({ code }) => code);
    expect(found, `one block with "${part}"`).toHaveLength(1);
    const [code = ''] = found;
    used.add(code);
    return code;
  };
  const found = {
    breakGlass: find('curl -X PATCH'),
    listConnectors: find('curl "'),
    token: find('api-token)'),
    variables: find('export TEMPORAL_ADDRESS'),
    searchAttributes: find('search-attribute create'),
    install: find('npm ci'),
    worker: find('npm start'),
    doctor: find('doctor example.com'),
    start: find('start example.com'),
    status: find('status example.com'),
    driftSchedule: find('drift-schedule'),
  };
  expect(blocks.map(({ code }) => code).filter((code) => !used.has(code))).toEqual([]);
  return found;
}

/** Replaces a value of the page's that a reader replaces too. */
function replace(code: string, written: string, real: string): string {
  expect(code).toContain(written);
  return code.replaceAll(written, real);
}

/** Eight processes one after another. */
const runOptions = { timeout: 180_000 };

it(
  'the blocks bring a domain of the simulated account to enabled, and the break-glass command disables it',
  runOptions,
  async () => {
    await using simulator = await startDisposableSimulator();
    const home = await mkdtemp(join(tmpdir(), 'sso-getting-started-'));
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(async () => await rm(home, { recursive: true }));
    await mkdir(join(home, 'bin'));
    await symlink(await findTemporalCli(), join(home, 'bin/temporal'));

    const connection = await Connection.connect({ address: inject('temporalAddress') });
    cleanUp.defer(async () => await connection.close());
    const namespace = 'getting-started';
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });

    const blocks = await readBlocks();
    const variables = replace(
      replace(blocks.variables, '127.0.0.1:7233', inject('temporalAddress')),
      'TEMPORAL_NAMESPACE=default',
      `TEMPORAL_NAMESPACE=${namespace}`,
    );
    const { CLOUDFLARE_ACCOUNT_ID: accountId, ...onlyForTheSimulator } = simulator.environment;
    expect(variables).toContain(accountId);
    const environment = {
      // The folder of the Node.js that runs this test first: the machine's may be too old.
      PATH: [join(home, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: home,
      ...onlyForTheSimulator,
      ...fastTimings,
      CLOUDFLARE_ACTIVITIES_PER_SECOND: '1000',
    };
    const run = async (code: string, input = '') => {
      const shell = startBlock(`${variables}\n${code}`, environment, input);
      const exitCode = await shell.exited;
      expect({ exitCode, output: exitCode === 0 ? '' : `${shell.stdout}${shell.stderr}` }).toEqual({
        exitCode: 0,
        output: '',
      });
      return shell.stdout;
    };

    await run(blocks.token, `${testToken}\n`);
    await run(blocks.searchAttributes);
    await vi.waitFor(async () => {
      expect(await findMissingSearchAttributes(connection, namespace)).toEqual([]);
    }, waitOptions);
    // `npm ci` has run, or this test would not.
    const worker = startBlock(`${variables}\n${blocks.worker}`, environment);
    cleanUp.defer(async () => await worker.end());
    await vi.waitFor(() => {
      expect(`${worker.stdout}${worker.stderr}`).toContain('Worker ready');
    }, waitOptions);

    expect(await run(blocks.doctor)).not.toContain('not ok');
    // A person answers the question on a terminal.
    expect(await run(replace(blocks.start, '--follow', '--follow --yes'))).toContain('enabled');
    expect(await run(blocks.status)).toContain('enabled');
    await run(blocks.driftSchedule);

    const [connector] = simulator.account.connectors.list();
    expect(connector?.enabled).toBe(true);
    const runWithToken = async (block: string) => {
      const command = replace(block, 'https://api.cloudflare.com/client/v4', simulator.baseUrl);
      return await run(`export CONNECTOR_ID=${connector?.id} BREAK_GLASS_TOKEN=${testToken}\n${command}`);
    };
    expect(await runWithToken(blocks.listConnectors)).toContain(connector?.id);
    await runWithToken(blocks.breakGlass);
    expect(simulator.account.connectors.list()).toMatchObject([{ enabled: false }]);
  },
);

async function startDisposableSimulator() {
  const simulator = await startSimulator({
    token: testToken,
    verifier: { everySeconds: 0.2, timeoutSeconds: 172_800 },
  });
  return Object.assign(simulator, { [Symbol.asyncDispose]: async () => await simulator.close() });
}
