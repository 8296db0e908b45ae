/** What can be killed: a worker and a Temporal server, each a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Connection } from '@temporalio/client';
import { inject, vi } from 'vitest';

import { findTemporalCli } from '../../scripts/temporal-cli.js';
import { searchAttributes } from '../../src/contract/names/ids.ts';
import { waitOptions } from './onboarding-world.ts';
import { startProcess } from './run-process.ts';
import type { RunningProcess } from './run-process.ts';

export interface WorkerProcess extends RunningProcess {
  /** SIGKILL, and until it is gone. */
  killNow: () => Promise<void>;
  /** SIGTERM, and until it has ended by itself; answers its exit code. */
  stop: () => Promise<number | null>;
  /** Rejects as `waiting` does, or when the process ends, with the last output of the process. */
  during: <Result>(waiting: Promise<Result>) => Promise<Result>;
}

/** What `npm start` runs. */
export const realMain = 'src/worker.ts';

/** A worker that is ready sooner than with the real main (`worker-process.ts` says how). */
export function startWorkerProcess(
  environment: Record<string, string>,
  main: typeof realMain | 'test/support/worker-process.ts' = 'test/support/worker-process.ts',
): WorkerProcess {
  const running = startProcess([main], {
    LOG_LEVEL: 'WARN',
    TEST_WORKFLOW_BUNDLE: inject('workflowBundle'),
    // Workflow code in the main thread, see vitest.config.ts.
    TEMPORAL_DEBUG: '1',
    ...environment,
  });
  return Object.assign(running, {
    async killNow() {
      running.kill('SIGKILL');
      await running.exited;
    },
    async stop() {
      running.kill('SIGTERM');
      return await running.exited;
    },
    async during<Result>(waiting: Promise<Result>) {
      const ended = running.exited.then((code) => {
        throw new Error(`the worker ended with ${code}`);
      });
      try {
        return await Promise.race([waiting, ended]);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${reason}; the worker said: ${running.stderr.slice(-2000)}`, { cause: error });
      }
    },
  });
}

/** One process with a worker for each of the environments, so that one kill ends them all. */
export function startSharedWorkerProcess(environments: readonly Record<string, string>[]): WorkerProcess {
  const quiet = environments.map((environment) => ({ LOG_LEVEL: 'WARN', ...environment }));
  return startWorkerProcess({ TEST_WORKER_ENVIRONMENTS: JSON.stringify(quiet) });
}

export interface TemporalServer extends AsyncDisposable {
  /** `ip:port`, the same after every start. */
  address: string;
  /** SIGKILL, and until it is gone. */
  killNow: () => Promise<void>;
  /** Starts it again, on the same file and port. */
  startAgain: () => Promise<void>;
}

/** A Temporal server that keeps its state in a file; its namespace `default` has the search attributes. */
export async function startTemporalServer(): Promise<TemporalServer> {
  const cli = await findTemporalCli();
  const folder = await mkdtemp(join(tmpdir(), 'sso-temporal-'));
  const port = await findFreePort();
  const address = `127.0.0.1:${port}`;
  const args = ['server', 'start-dev', '--headless', '--port', `${port}`, '--db-filename', join(folder, 'temporal.db')];
  const attributes = searchAttributes.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]);

  async function start() {
    const child = spawn(cli, [...args, ...attributes, '--log-level', 'never'], { stdio: 'ignore' });
    const closed = once(child, 'close');
    await vi.waitFor(async () => {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' });
      } finally {
        await connection.close();
      }
    }, waitOptions);
    return async () => {
      child.kill('SIGKILL');
      await closed;
    };
  }

  let killNow = await start();
  return {
    address,
    killNow: async () => await killNow(),
    async startAgain() {
      killNow = await start();
    },
    async [Symbol.asyncDispose]() {
      await killNow();
      await rm(folder, { recursive: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return address.port;
}
