import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { startProgress } from './progress.js';
import { runCommand } from './run-command.js';
import { pinnedTemporalCliVersion, temporalCliCache, whyNotTemporalCli } from './temporal-cli.js';

/**
 * Builds the Temporal CLI that `tools/temporal-cli` pins, with Go, into the per-user cache: 3 to 5 minutes the first
 * time. Built under another name and renamed when it works, so that two builds at once, or one that is stopped, never
 * leave a broken file. Returns `{ path }`, or `{ reason }` when it could not be built.
 *
 * @param {string} root
 * @param {AbortSignal} signal
 * @returns {Promise<{ path: string; reason?: never } | { path?: never; reason: string }>}
 */
export async function buildTemporalCli(root, signal) {
  const version = pinnedTemporalCliVersion();
  const { built } = temporalCliCache();
  await mkdir(dirname(built), { recursive: true });
  const folder = await mkdtemp(join(dirname(built), 'building-'));
  const executable = join(folder, 'temporal');
  /** @type {string[]} */
  const said = [];
  const progress = startProgress(`Building the Temporal CLI ${version} with Go (once, 3 to 5 minutes)`);
  try {
    // The flags of the CLI's own releases: no debug data, and the version number instead of "0.0.0-DEV".
    const linkerFlags = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${version}`;
    const args = ['build', '-v', '-ldflags', linkerFlags, '-o', executable, 'github.com/temporalio/cli/cmd/temporal'];
    const { ok, reason } = await runCommand('go', args, {
      cwd: join(root, 'tools/temporal-cli'),
      env: process.env,
      signal,
      onLine(line) {
        said.push(line);
        progress.note(line);
      },
    });
    if (!ok) return { reason: [reason, ...said.slice(-5)].join('\n    ') };
    const broken = await whyNotTemporalCli(executable);
    if (broken !== null) return { reason: `what was built does not work: ${broken}` };
    await rename(executable, built);
    return { path: built };
  } finally {
    progress.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
