/** Runs the starter: in this process, or as a process of its own where the process is what the test is about. */
import { Readable, Writable } from 'node:stream';

import { vi } from 'vitest';

import type { ExitCode } from '../../src/environment/exit-codes.ts';
import { runCommandLine } from '../../src/starter/program.ts';
import { runProcess, startProcess } from '../support/run-process.ts';
import type { RunningProcess } from '../support/run-process.ts';

// Node.js takes colours from the process's environment, whatever environment the starter is given.
for (const variable of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(variable, undefined);

/** A world, or another environment. */
interface Setting {
  environment: Record<string, string>;
}

export interface RunningStarter {
  readonly stdout: string;
  readonly stderr: string;
  /** Never rejects. */
  exited: Promise<ExitCode>;
}

/** Starts it in this process, without a terminal and without input. */
export function startStarter({ environment }: Setting, ...args: string[]): RunningStarter {
  const [stdout, stderr] = [captureText(), captureText()];
  const streams = { stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream };
  return {
    get stdout() {
      return stdout.read();
    },
    get stderr() {
      return stderr.read();
    },
    exited: runCommandLine(args, streams, environment),
  };
}

/** Runs it to its end in this process. */
export async function runStarter(setting: Setting, ...args: string[]) {
  const running = startStarter(setting, ...args);
  const code = await running.exited;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** Starts it as a process of its own. */
export function startStarterProcess({ environment }: Setting, ...args: string[]): RunningProcess {
  return startProcess(['src/starter.ts', ...args], environment);
}

/** Runs it to its end as a process of its own. */
export async function runStarterProcess({ environment }: Setting, ...args: string[]) {
  return await runProcess(['src/starter.ts', ...args], environment);
}

function captureText() {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, callback) {
      text += String(chunk);
      callback();
    },
  });
  return { stream, read: () => text };
}

/** Temporal's address is one where no server is. */
export const unreachable: Setting = { environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' } };
/** Nothing is configured. */
export const unconfigured: Setting = { environment: {} };
