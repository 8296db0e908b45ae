import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { runCommand } from './run-command.js';

/**
 * `npm ci` when `package-lock.json` is newer than what is installed, or nothing is. Throws an `Error` that says what to
 * do when that fails.
 *
 * @param {string} root
 * @param {AbortSignal} signal
 */
export async function installPackages(root, signal) {
  if (packagesAreInstalled(root)) return;
  process.stderr.write('Installing the packages that package-lock.json names (npm ci) …\n');
  const bin = join(root, 'node_modules/.bin');
  // `npm run` puts this folder first on PATH, and `npm ci` deletes it while it runs: npm would lose its own Node.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin);
  // Warnings would be about the Node that runs npm, which is not the one that the project runs on.
  const { ok, reason } = await runCommand('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    signal,
    // After SIGINT or SIGTERM npm takes up to a minute to undo its work. The next `npm ci` removes it anyway.
    killSignal: 'SIGKILL',
  });
  if (!ok) {
    throw new Error(
      `npm ci failed: ${reason}. npm's own message is above; check the network and npm's registry setting, then run ` +
        'the command again.',
    );
  }
  if (!existsSync(join(bin, 'node'))) {
    throw new Error(
      'npm ci succeeded, but node_modules/.bin/node is missing: the install script of the package "node" did not ' +
        'run. Allow install scripts (npm config get ignore-scripts), then run: npm rebuild node',
    );
  }
}

/** @param {string} root */
function packagesAreInstalled(root) {
  // npm writes this file last, so that an interrupted install does not count.
  const installed = statSync(join(root, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
  if (installed === undefined || !existsSync(join(root, 'node_modules/.bin/node'))) return false;
  return statSync(join(root, 'package-lock.json')).mtimeMs <= installed.mtimeMs;
}
