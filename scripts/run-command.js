import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Runs a command to its end. `onLine` gets each line of its standard output and error, which otherwise go to ours.
 * When `signal` aborts, the command and its children get `killSignal`; the result still comes after their end.
 * Returns `{ ok, reason }`: `reason` is why it is not ok, in a few words.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{
 *   cwd: string;
 *   env: NodeJS.ProcessEnv;
 *   signal: AbortSignal;
 *   killSignal?: NodeJS.Signals;
 *   onLine?: (line: string) => void;
 * }} options
 * @returns {Promise<{ ok: boolean; reason: string }>}
 */
export async function runCommand(file, args, { cwd, env, signal, killSignal = 'SIGTERM', onLine }) {
  if (signal.aborted) return { ok: false, reason: 'interrupted' };
  const output = onLine ? 'pipe' : 'inherit';
  // A process group of its own: one signal reaches the command and its children, and Ctrl-C reaches only this process.
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', output, output], detached: true });
  const abort = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, killSignal);
    } catch {
      // The group has ended already.
    }
  };
  signal.addEventListener('abort', abort);
  if (onLine && child.stdout && child.stderr) {
    forEachLine(child.stdout, onLine);
    forEachLine(child.stderr, onLine);
  }
  return await new Promise((resolve) => {
    child.on('error', (error) => resolve({ ok: false, reason: describeSpawnError(file, error) }));
    child.on('close', (code, endedBy) => {
      signal.removeEventListener('abort', abort);
      resolve({ ok: code === 0, reason: endedBy === null ? `exit code ${code}` : `ended by ${endedBy}` });
    });
  });
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} onLine
 */
function forEachLine(stream, onLine) {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') onLine(line.trim());
  });
}

/**
 * @param {string} file
 * @param {NodeJS.ErrnoException} error
 */
function describeSpawnError(file, error) {
  return error.code === 'ENOENT' ? `${file} is not on PATH` : error.message;
}
