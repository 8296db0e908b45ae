import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningProcess extends AsyncDisposable {
  readonly stdout: string;
  readonly stderr: string;
  kill: (signal: NodeJS.Signals) => void;
  /** The exit code; `null` when a signal ended it. */
  exited: Promise<number | null>;
}

/** The same modules, again and again: compiled by the first process that ends in order. */
const compileCache = join(tmpdir(), 'sso-test-compile-cache');

/** Starts one of the project's mains, with nothing of this process's environment but PATH. */
export function startProcess(args: string[], environment: Record<string, string>): RunningProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  }
  const closed = once(child, 'close');
  return {
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    kill: (signal) => child.kill(signal),
    exited: closed.then(() => child.exitCode),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Runs it to its end. */
export async function runProcess(
  args: string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using running = startProcess(args, environment);
  const code = await running.exited;
  return { code, stdout: running.stdout, stderr: running.stderr };
}
