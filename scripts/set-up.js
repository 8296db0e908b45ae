/**
 * Makes a fresh clone ready for the demo and the tests, which run it first: the packages, then a Temporal CLI. When all
 * is there already it says nothing. Plain JavaScript, without dependencies, for any Node from 20 on.
 */
import { fileURLToPath } from 'node:url';

import { buildTemporalCli } from './build-temporal-cli.js';
import { downloadTemporalCli } from './download-temporal-cli.js';
import { installPackages } from './install-packages.js';
import { listPassedOver, searchTemporalCli } from './temporal-cli.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Throws an `Error` with a message for the person at the terminal.
 *
 * @param {AbortSignal} signal
 */
async function setUp(signal) {
  await installPackages(root, signal);
  await getTemporalCli(signal);
}

/** @param {AbortSignal} signal */
async function getTemporalCli(signal) {
  const { found, passedOver } = await searchTemporalCli();
  if (found !== null) {
    const broken = passedOver.filter(({ reason }) => reason !== 'not there');
    if (broken.length > 0) tell(`Passed over:\n${listPassedOver(broken)}\nThe Temporal CLI is ${found}`);
    return;
  }

  const download = await downloadTemporalCli(root, signal);
  if (download.path !== undefined) return tell(`The Temporal CLI is ${download.path}`);
  signal.throwIfAborted();

  const build = await buildTemporalCli(root, signal);
  if (build.path !== undefined) return tell(`The Temporal CLI is ${build.path}`);
  signal.throwIfAborted();

  throw new Error(
    `There is no Temporal CLI that works, and its server is what the demo and the tests run on. Tried:
${listPassedOver(passedOver)}
  download by the Temporal SDK: ${download.reason}
  build with Go: ${build.reason}
Do one of these, then run the command again:
  - install the Temporal CLI (https://docs.temporal.io/cli), so that "temporal" is on PATH;
  - set TEMPORAL_CLI to the path of its executable;
  - install Go 1.26 or later (https://go.dev/doc/install), and the build is done for you.`,
  );
}

/** @param {string} message */
function tell(message) {
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
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
