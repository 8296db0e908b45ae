import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { startProgress } from './progress.js';
import { runCommand } from './run-command.js';
import { temporalCliCache, whyNotTemporalCli } from './temporal-cli.js';

/** Seconds until the first byte must have come, so that a network that swallows packets does not hold up the build. */
const beginWithinSeconds = 30;
const endWithinSeconds = 300;

/**
 * The Temporal SDK's own download of the CLI, into the per-user cache. Offline it fails in under two seconds.
 * Returns `{ path }`, or `{ reason }` when it could not be had.
 *
 * @param {string} root
 * @param {AbortSignal} signal
 * @returns {Promise<{ path: string; reason?: never } | { path?: never; reason: string }>}
 */
export async function downloadTemporalCli(root, signal) {
  const { downloadFolder, downloaded } = temporalCliCache();
  if (downloaded === null) return { reason: 'the package @temporalio/testing is not installed' };
  await mkdir(downloadFolder, { recursive: true });

  const progress = startProgress('Downloading the Temporal CLI');
  const overdue = new AbortController();
  const startedAt = Date.now();
  const watch = setInterval(() => {
    const arrived = statSync(`${downloaded}.downloading`, { throwIfNoEntry: false })?.size ?? 0;
    if (arrived > 0) progress.note(`${(arrived / 1e6).toFixed(0)} MB`);
    // From here on the SDK only starts the server, for which it has a limit of its own.
    if (existsSync(downloaded)) return;
    const seconds = (Date.now() - startedAt) / 1000;
    if (seconds > (arrived > 0 ? endWithinSeconds : beginWithinSeconds)) overdue.abort();
  }, 500);

  /** @type {string[]} */
  const said = [];
  try {
    const script = join(root, 'scripts/start-sdk-download.js');
    const { ok, reason } = await runCommand(join(root, 'node_modules/.bin/node'), [script, downloadFolder], {
      cwd: root,
      env: process.env,
      signal: AbortSignal.any([signal, overdue.signal]),
      killSignal: 'SIGKILL',
      onLine: (line) => said.push(line),
    });
    if (overdue.signal.aborted) return { reason: 'took too long' };
    if (!ok) return { reason: said.find((line) => line.includes('Error:')) ?? reason };
    const broken = await whyNotTemporalCli(downloaded);
    return broken === null ? { path: downloaded } : { reason: broken };
  } finally {
    clearInterval(watch);
    progress.stop();
  }
}
