import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Longer than the worker takes to finish running activities. */
const killAfterMilliseconds = 50_000;
const keptLines = 200;

export interface DemoProcess extends AsyncDisposable {
  /** The first line, on standard output or error, that contains the text. Rejects when the process ends before that. */
  waitForLine: (text: string, signal: AbortSignal) => Promise<string>;
  /** The exit code; `null` when a signal ended the process. */
  waitForExit: (signal: AbortSignal) => Promise<number | null>;
  lastLines: (count: number) => string;
}

/** Starts a Node.js process in the project's root. Disposal sends it SIGTERM, and SIGKILL if that does not end it. */
export function startProcess(
  args: string[],
  environment: Record<string, string>,
  output: 'inherit' | 'pipe' = 'pipe',
): DemoProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output],
    // A process group of its own, so that Ctrl-C reaches only the demo, which then ends its processes in order.
    detached: true,
  });
  const name = args[0] ?? '';
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.push(line) > keptLines) lines.shift();
      for (const listener of listeners) listener(line);
    });
  }

  return {
    async waitForLine(text, signal) {
      const seen = new Promise<string>((resolve) => {
        const match = (line: string) => {
          if (line.includes(text)) resolve(line);
        };
        for (const line of lines) match(line);
        listeners.add(match);
      });
      const ended = exited.then(() => {
        throw new Error(`${name} ended before it was ready:\n${lines.join('\n')}`);
      });
      return await Promise.race([seen, ended, rejectOnAbort(signal)]);
    },

    async waitForExit(signal) {
      await Promise.race([exited, rejectOnAbort(signal)]);
      return child.exitCode;
    },

    lastLines: (count) => lines.slice(-count).join('\n'),

    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), killAfterMilliseconds);
      await exited;
      clearTimeout(force);
    },
  };
}

async function rejectOnAbort(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, 'abort');
  signal.throwIfAborted();
  throw new Error('unreachable: the signal has aborted');
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  return address.port;
}
