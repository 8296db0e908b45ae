/** A process at a terminal of its own, with util-linux' `script` at the other end of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { executable } from '../dns/servers/installed.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const keys = { enter: '\r', tab: '\t', ctrlA: '\u0001', ctrlC: '\u0003', ctrlD: '\u0004' };

export interface AtTerminal extends AsyncDisposable {
  /** What the screen was sent, both streams, escape sequences included. */
  readonly screen: string;
  type: (text: string) => void;
  /** The exit code. */
  exited: Promise<number | null>;
}

/** @param command for a shell, so that its streams can be redirected; `node` is this one */
export function startAtTerminal(command: string, environment: Record<string, string>): AtTerminal {
  const child = spawn(executable('script'), ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: root,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SHELL: '/bin/sh', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
  });
  const closed = once(child, 'close');
  return {
    get screen() {
      return screen;
    },
    type: (text) => child.stdin.write(text),
    exited: closed.then(() => child.exitCode),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
