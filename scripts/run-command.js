import { spawn } from 'node:child_process';

/**
 * Runs a command to its end. `onLine` gets each line of its standard error and output, which otherwise go to ours.
 * An abort by `signal` sends `killSignal` and still waits for the end, so that nothing goes on behind our back.
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
export function runCommand(file, args, { cwd, env, signal, killSignal = 'SIGINT', onLine }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env,
      signal,
      killSignal,
      stdio: ['ignore', onLine ? 'pipe' : 'inherit', onLine ? 'pipe' : 'inherit'],
    });
    if (onLine && child.stdout && child.stderr) {
      forEachLine(child.stdout, onLine);
      forEachLine(child.stderr, onLine);
    }

    child.on('error', (error) => {
      // Without a process no `close` follows; with one this is the abort, whose `close` is still to come.
      if (child.pid === undefined) resolve({ ok: false, reason: describeSpawnError(file, error) });
    });
    child.on('close', (code, endedBy) => {
      resolve({ ok: code === 0, reason: endedBy === null ? `exit code ${code}` : `ended by ${endedBy}` });
    });
  });
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} onLine
 */
function forEachLine(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  });
  stream.on('end', () => {
    if (rest.trim() !== '') onLine(rest.trim());
  });
}

/**
 * @param {string} file
 * @param {NodeJS.ErrnoException} error
 */
function describeSpawnError(file, error) {
  return error.code === 'ENOENT' ? `${file} is not on PATH` : error.message;
}
