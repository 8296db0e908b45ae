import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runCommand } from './run-command.js';
import { pinnedVersion } from './temporal-cli.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Seconds until the first byte must have arrived, for a network that drops packets silently. */
const firstByteSeconds = 15;
const totalSeconds = 300;

/**
 * The Temporal SDK's own download, into `folder`. Without a network it fails within 2 s.
 *
 * @param {string} folder
 * @param {AbortSignal} signal
 * @param {(progress: string) => void} note
 * @returns {Promise<{ path: string; reason?: never } | { path?: never; reason: string }>}
 */
export async function downloadWithSdk(folder, signal, note) {
  // The SDK calls a release by its tag, and names the file after it.
  const tag = `v${pinnedVersion()}`;
  const path = join(folder, `temporal-${tag}`);
  const deadline = new AbortController();
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const bytes = sizeOf(`${path}.downloading`) ?? sizeOf(path) ?? 0;
    if (bytes > 0) note(`${(bytes / 1e6).toFixed(0)} MB`);
    const seconds = (Date.now() - startedAt) / 1000;
    if (bytes === 0 && seconds > firstByteSeconds) deadline.abort(`no data within ${firstByteSeconds} s`);
    if (seconds > totalSeconds) deadline.abort(`not finished within ${totalSeconds} s`);
  }, 500);

  /** @type {string[]} */
  const output = [];
  try {
    const script = join(root, 'scripts/start-sdk-download.js');
    const { ok, reason } = await runCommand(join(root, 'node_modules/.bin/node'), [script, folder, tag], {
      cwd: root,
      env: process.env,
      signal: AbortSignal.any([signal, deadline.signal]),
      // The SDK handles the other signals, but does not end.
      killSignal: 'SIGKILL',
      onLine: (line) => output.push(line),
    });
    if (deadline.signal.aborted) return { reason: String(deadline.signal.reason) };
    return ok ? { path } : { reason: output.at(-1) ?? reason };
  } finally {
    clearInterval(timer);
  }
}

/** @param {string} path */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
